import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { FieldSchema } from "../../gen/c1/config/v1/config_pb.ts";
import { ActionType, BatonActionSchemaSchema } from "../../gen/c1/connector/v2/action_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Action, JsonObject } from "../connector.ts";
import { supportOf } from "../provision/keys.ts";
import { endLeaseNow, extendLease } from "./amend.ts";
import { grantLease } from "./grant.ts";
import type { Lease } from "./lease.ts";
import { lengthOf, shownTime, timeOf } from "./time.ts";
import type { LeaseDeps } from "./work.ts";

type FieldInit = MessageInitShape<typeof FieldSchema>;

const text = (name: string, displayName: string, description: string, isRequired = false): FieldInit => ({
  ...{ name, displayName, description, isRequired },
  field: { case: "stringField", value: {} },
});

const RESULTS: FieldInit[] = [
  {
    name: "success",
    displayName: "Success",
    description: "Whether it has been done",
    field: { case: "boolField", value: {} },
  },
  text("lease_id", "Lease", "The lease's id"),
  text("state", "State", "Where the lease stands, as active or ended"),
  text("ends", "Ends", "When it ends, or was to end, in RFC 3339"),
  text("outcome", "Outcome", "How it ended, as revoked or kept-before"),
];

const DURATION = text("duration", "Duration", "How long, as 30m, 8h or 14d; this or until");
const UNTIL = text("until", "Until", "Until when, as 2026-01-31T18:00:00Z; this or duration");
const LEASE = text("lease_id", "Lease", "The lease's id", true);

/**
 * The actions `grant_temporary`, `extend` and `end`, for platforms that have no expiry of their own. They belong to no
 * resource type.
 */
export function leaseActions(deps: LeaseDeps): readonly Action[] {
  const schema = (name: string, displayName: string, description: string, args: FieldInit[]) =>
    create(BatonActionSchemaSchema, {
      ...{ name, displayName, description },
      arguments: args,
      returnTypes: RESULTS,
      actionType: [ActionType.UNSPECIFIED],
    });
  return [
    {
      schema: schema("grant_temporary", "Grant temporarily", "Gives access that ends by itself", [
        text("entitlement_id", "Entitlement", "What is given, as group:00g1:member", true),
        text("principal_id", "Principal", "Who gets it, as 00u1", true),
        text("principal_type", "Principal type", "The resource type of who gets it; user where it is not said"),
        DURATION,
        UNTIL,
        text("reason", "Reason", "Why it is given", true),
        text("ticket", "Ticket", "The ticket that asks for it"),
      ]),
      async run(args, call) {
        const duration = stringOf(args, "duration");
        const done = await grantLease(
          deps,
          {
            entitlement: stringOf(args, "entitlement_id") ?? "",
            principal: { type: stringOf(args, "principal_type") ?? "user", id: stringOf(args, "principal_id") ?? "" },
            ends: endOf(args) ?? { lengthMs: lengthOf(duration ?? "", "duration") },
            reason: stringOf(args, "reason") ?? "",
            ticket: stringOf(args, "ticket"),
          },
          call,
        );
        return "lease" in done ? resultOf(done.lease) : { success: true };
      },
    },
    {
      schema: schema("extend", "Extend", "Moves the end of temporary access", [
        LEASE,
        { ...DURATION, description: "How much longer than until now, as 4h; this or until" },
        UNTIL,
      ]),
      async run(args, call) {
        const id = stringOf(args, "lease_id") ?? "";
        const until = endOf(args);
        const ends =
          until ?? ((await deps.ledger.find(id))?.ends ?? 0) + lengthOf(stringOf(args, "duration") ?? "", "duration");
        if (call.dryRun) return { success: true };
        return resultOf(await extendLease(deps, id, ends, call));
      },
    },
    {
      schema: schema("end", "End", "Ends temporary access now", [LEASE]),
      async run(args, call) {
        if (call.dryRun) return { success: true };
        return resultOf(await endLeaseNow(deps, stringOf(args, "lease_id") ?? "", call));
      },
    },
  ];
}

/** Changes access by the connector itself: an action's call is audited already. */
export function withoutAudit(deps: Pick<LeaseDeps, "connector">): LeaseDeps["provisioner"] {
  const { connector } = deps;
  const split = (id: string) => {
    const [type = "", ...rest] = id.split(":");
    return { type, id: rest.slice(0, -1).join(":"), slug: rest.at(-1) ?? "" };
  };
  return {
    async grant(named, principal, call) {
      const { type, id, slug } = typeof named === "string" ? split(named) : { ...named.resource, slug: named.slug };
      const { grant } = supportOf(connector, type);
      if (grant === undefined) throw new Failure({ kind: "unimplemented", message: `${type} cannot be granted` });
      return await grant(id, slug, principal, call);
    },
    async revoke(named, call) {
      if (typeof named === "string") throw new Failure({ kind: "internal", message: "a grant by its parts is needed" });
      const { revoke } = supportOf(connector, named.resource.type);
      if (revoke === undefined) {
        throw new Failure({ kind: "unimplemented", message: `${named.resource.type} cannot be revoked` });
      }
      return await revoke(named.resource.id, named.slug, named.principal, call);
    },
  };
}

function endOf(args: JsonObject): number | undefined {
  const [duration, until] = [stringOf(args, "duration"), stringOf(args, "until")];
  if ((duration === undefined) === (until === undefined)) {
    throw new Failure({
      kind: "invalidArgument",
      message: "either duration or until says when the access ends",
      advice: "give one of the two",
      field: "duration",
    });
  }
  return until === undefined ? undefined : timeOf(until, "until");
}

function stringOf(args: JsonObject, name: string): string | undefined {
  const value = args[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function resultOf(lease: Lease): JsonObject {
  return {
    success: true,
    lease_id: lease.id,
    state: lease.state,
    ends: shownTime(lease.ends),
    ...(lease.outcome !== undefined && { outcome: lease.outcome }),
  };
}
