import { create } from "@bufbuild/protobuf";
import type { Connector } from "../../../src/baton/connector.ts";
import { BatonActionSchemaSchema } from "../../../src/gen/c1/connector/v2/action_pb.ts";
import {
  ConnectorAccountCreationSchemaSchema,
  CredentialDetailsAccountProvisioningSchema,
} from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { EventFeedMetadataSchema, EventSchema } from "../../../src/gen/c1/connector/v2/event_feed_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { connectorOf, type Org, SMALL, type Wire } from "../sync/org.ts";

/** What a test may do when something is to be changed. */
export interface Hooks {
  /** Called before a grant is made; what it throws the grant throws. */
  onGrant?: (signal: AbortSignal) => Promise<void> | void;
}

/** A connector that can do something of each sort, and what was asked of it. */
export function busyConnector(hooks: Hooks = {}, org: Org = SMALL, wire: Wire = {}) {
  const done: string[] = [];
  const base = connectorOf(org, wire);
  const connector: Connector = {
    ...base,
    types: base.types.map((support) =>
      support.type.id !== "group"
        ? support
        : {
            ...support,
            async grant(id, slug, principal, call) {
              await hooks.onGrant?.(call.signal);
              done.push(`grant group:${id}:${slug} to ${principal.type}:${principal.id}`);
              const resource = create(ResourceSchema, { id: { resourceType: "group", resource: id } });
              const granted = { id: `group:${id}:${slug}`, v1Id: `membership:${id}`, resource };
              return {
                grants: [{ granted, principalType: principal.type, principalId: principal.id }],
                already: false,
              };
            },
            async revoke(id, slug, principal) {
              done.push(`revoke group:${id}:${slug} from ${principal.type}:${principal.id}`);
              return { grants: [], already: true };
            },
            async remove(id) {
              if (id === "00gbuiltin") {
                throw new Failure({ kind: "failedPrecondition", message: "a built-in group cannot be deleted" });
              }
              done.push(`delete group:${id}`);
              return { already: false };
            },
          },
    ),
    accounts: {
      resourceType: "user",
      schema: create(ConnectorAccountCreationSchemaSchema),
      credentials: create(CredentialDetailsAccountProvisioningSchema),
      async create(profile) {
        done.push(`create account ${profile.email}`);
        return {
          outcome: "created",
          resource: create(ResourceSchema, { id: { resourceType: "user", resource: "00unew" } }),
        };
      },
    },
    actions: [
      action("quick", async () => ({ success: true })),
      action("failing", async () => {
        throw new Failure({ kind: "notFound", message: "there is no such user" });
      }),
      action(
        "slow",
        (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ),
    ],
    events: {
      feeds: [create(EventFeedMetadataSchema, { id: "feed" })],
      async list(_feed, from) {
        return {
          events: [create(EventSchema, { id: `after ${from.cursor ?? "start"}` })],
          cursor: "next",
          hasMore: false,
        };
      },
    },
  };
  return { connector, done };
}

function action(name: string, run: (signal: AbortSignal) => Promise<{ success: boolean }>) {
  return {
    schema: create(BatonActionSchemaSchema, { name }),
    run: (_args: unknown, call: { signal: AbortSignal }) => run(call.signal),
  };
}
