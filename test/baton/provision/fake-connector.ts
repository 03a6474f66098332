import { create } from "@bufbuild/protobuf";
import type {
  Action,
  Call,
  Change,
  Connector,
  CreatedAccount,
  JsonObject,
  NewPassword,
} from "../../../src/baton/connector.ts";
import { FieldSchema } from "../../../src/gen/c1/config/v1/config_pb.ts";
import { BatonActionSchemaSchema } from "../../../src/gen/c1/connector/v2/action_pb.ts";
import {
  ConnectorAccountCreationSchemaSchema,
  CredentialDetailsAccountProvisioningSchema,
} from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";

/** A connector that keeps who holds what in a set, and tells each write to the call's audit as a real one does. */
export function fakeConnector({ actions = [] as readonly Action[], password = "S3cret-password" } = {}) {
  const held = new Set<string>();
  const accounts: { profile: JsonObject; password: NewPassword }[] = [];
  const write = (call: Call, request: string, effect: () => void) => {
    if (call.dryRun) {
      call.audit?.({ phase: "planned", request });
      return;
    }
    call.audit?.({ phase: "intent", request });
    effect();
    call.audit?.({ phase: "outcome", request, status: 204, requestId: "r1" });
  };
  const page = async () => ({ items: [], next: [] });
  const change = (request: string, key: string, wanted: boolean, call: Call): Change => {
    if (held.has(key) === wanted) return { grants: [], already: true };
    write(call, request, () => (wanted ? held.add(key) : held.delete(key)));
    return { grants: [], already: false };
  };
  const connector: Connector = {
    metadata: { displayName: "Fake", description: "" },
    types: [
      {
        type: create(ResourceTypeSchema, { id: "user" }),
        list: page,
        remove: async (id, call) => {
          write(call, `DELETE /users/${id}`, () => undefined);
          return { already: false };
        },
      },
      {
        type: create(ResourceTypeSchema, { id: "set" }),
        list: page,
        entitlements: ({ id }) => [create(EntitlementSchema, { id: `set:${id?.resource}:member`, slug: "member" })],
        async grant(id, slug, principal, call) {
          if (principal.type !== "user") throw new Failure({ kind: "invalidArgument", message: "not a user" });
          return change(`PUT /sets/${id}/${principal.id}`, `${id}:${slug}:${principal.id}`, true, call);
        },
        async revoke(id, slug, principal, call) {
          return change(`DELETE /sets/${id}/${principal.id}`, `${id}:${slug}:${principal.id}`, false, call);
        },
      },
      { type: create(ResourceTypeSchema, { id: "fixed" }), list: page },
    ],
    validate: async () => undefined,
    actions,
    accounts: {
      resourceType: "user",
      schema: create(ConnectorAccountCreationSchemaSchema),
      credentials: create(CredentialDetailsAccountProvisioningSchema),
      async create(profile, wanted, call): Promise<CreatedAccount> {
        write(call, "POST /users", () => accounts.push({ profile, password: wanted }));
        const resource = create(ResourceSchema, { id: { resourceType: "user", resource: "u1" } });
        return {
          outcome: "created",
          resource,
          ...(wanted.kind === "random" ? { password: new Secret(password) } : {}),
        };
      },
    },
  };
  return { connector, held, accounts };
}

/** An action with the arguments that are named; those that end in `!` are required. */
export function action(name: string, run: Action["run"], { args = [] as string[], type = "" } = {}): Action {
  const schema = create(BatonActionSchemaSchema, {
    name,
    resourceTypeId: type,
    arguments: args.map((arg) =>
      create(FieldSchema, {
        name: arg.replace("!", ""),
        isRequired: arg.endsWith("!"),
        field: { case: "stringField", value: {} },
      }),
    ),
  });
  return { schema, run };
}
