import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Cursor, GrantPage } from "../../../src/baton/connector.ts";
import { grantId } from "../../../src/baton/model/ids.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { nameOf } from "../../../src/okta/resource-sets/contents.ts";
import { type Answer, fakeOkta } from "../resource/fake-okta.ts";

const call = { signal: new AbortController().signal, syncId: "s" };
const service = (id: string, clientId: string | undefined, more = {}) => ({
  ...{ id, label: id, status: "ACTIVE", signOnMode: "OPENID_CONNECT" },
  settings: { oauthClient: { application_type: "service", grant_types: ["client_credentials"] } },
  credentials: { oauthClient: { ...(clientId !== undefined && { client_id: clientId }) } },
  ...more,
});

const ANSWERS: Record<string, Answer> = {
  "/api/v1/apps?limit=200": {
    body: [
      service("0oa1", "custom-client"),
      service("0oa2", undefined),
      service("0oa3", "0oa3", {
        settings: { oauthClient: { application_type: "web", grant_types: ["authorization_code"] } },
      }),
      service("0oa4", "0oa4", {
        settings: { oauthClient: { application_type: "web", grant_types: ["client_credentials"] } },
      }),
      service("0oa5", "0oa5", { signOnMode: "SAML_2_0" }),
      service("0oa6", "0oa6", { settings: null, credentials: null }),
    ],
  },
  "/api/v1/iam/assignees/users": { body: { value: [] } },
  "/oauth2/v1/clients/custom-client/roles": {
    body: [
      { id: "r1", type: "SUPER_ADMIN", label: "Super", status: "ACTIVE", assignmentType: "CLIENT" },
      { id: "r2", type: "ORG_ADMIN", label: "Org", status: "INACTIVE", assignmentType: "CLIENT" },
    ],
  },
  "/oauth2/v1/clients/0oa2/roles": {
    body: [{ id: "r3", type: "CUSTOM", role: "cr1", "resource-set": "iam1", label: "Mine", assignmentType: "CLIENT" }],
  },
  "/oauth2/v1/clients/0oa4/roles": { body: [] },
  "/api/v1/iam/resource-sets/iam1/bindings/cr1/members": {
    body: {
      members: [
        { id: "m1", _links: { self: { href: "https://acme.okta.com/oauth2/v1/clients/custom-client" } } },
        { id: "m2", _links: { self: { href: "https://acme.okta.com/oauth2/v1/clients/gone" } } },
      ],
    },
  },
  "/api/v1/apps/0oa1/credentials/jwks": {
    body: { keys: [{ kid: "k1", status: "ACTIVE", created: "2024-01-01T00:00:00Z" }] },
  },
  "/api/v1/apps/0oa1/credentials/secrets": {
    body: [{ id: "ocs1", status: "INACTIVE", client_secret: "s3cret", secret_hash: "h" }],
  },
  "/api/v1/apps/0oa1": { body: service("0oa1", "custom-client") },
};

async function all(read: (cursor: Cursor | undefined) => Promise<GrantPage>): Promise<string[]> {
  const found: string[] = [];
  const left: (Cursor | undefined)[] = [undefined];
  while (left.length > 0) {
    const page = await read(left.shift());
    found.push(...page.items.map(grantId));
    left.push(...page.next);
  }
  return found.sort();
}

const okta = () => fakeOkta((path) => ANSWERS[path], { syncReach: true });
const resource = (type: string, id: string) => create(ResourceSchema, { id: { resourceType: type, resource: id } });

describe("a service app", () => {
  it("is asked for by its client id, and shown by its app's", async () => {
    const { type } = okta();
    const held = ["custom-role:cr1:assigned:app:0oa2", "role:SUPER_ADMIN:assigned:app:0oa1"];
    expect(await all((cursor) => type("role").allGrants!.page(cursor, call))).toEqual(held);
    const one = (id: string) => all((cursor) => type("role").grants!(resource("role", id), cursor, call));
    expect(await one("SUPER_ADMIN")).toEqual([held[1]]);
    expect(await one("ORG_ADMIN")).toEqual([]);
  });

  it("is a member of a binding by its app's id; a client that is no app is left out", async () => {
    const { type } = okta();
    const binding = resource("resourceset-binding", "iam1:cr1");
    const found = await all((cursor) => type("resourceset-binding").grants!(binding, cursor, call));
    expect(found).toEqual(["resourceset-binding:iam1:cr1:member:app:0oa1"]);
  });

  it("shows a key without an id by its kid, and no value of a secret", async () => {
    const { type } = okta();
    const key = await type("client-credential").get!("0oa1:k1", call);
    expect(key?.resource).toMatchObject({ profile: { kind: "key", key_id: "k1", client_id: "custom-client" } });
    const secret = await type("client-credential").get!("0oa1:ocs1", call);
    expect(secret?.resource).toMatchObject({ profile: { kind: "secret", status: "INACTIVE" }, status: { status: 2 } });
    expect(JSON.stringify(secret?.resource, (_key, one) => (typeof one === "bigint" ? String(one) : one))).not.toMatch(
      /s3cret/,
    );
    expect(await type("client-credential").get!("0oa1:nothing", call)).toBeUndefined();
    expect(await type("client-credential").get!("nonsense", call)).toBeUndefined();
  });
});

it("an owner of a group is only read", async () => {
  const { type } = okta();
  const user = { type: "user", id: "00u1" };
  await expect(type("group").grant!("00g1", "owner", user, call)).rejects.toMatchObject({ kind: "failedPrecondition" });
  await expect(type("group").revoke!("00g1", "owner", user, call)).rejects.toMatchObject({
    kind: "failedPrecondition",
  });
});

it.each([
  ["orn:okta:directory:00o1:users", "users"],
  ["orn:okta:directory:00o1:groups", "groups"],
  ["orn:okta:directory:00o1:groups:00g1", "groups/00g1"],
  ["orn:okta:directory:00o1:groups:00g1:contained_resources", "groups/00g1/users"],
  ["orn:okta:idp:00o1:apps", "apps"],
  ["orn:okta:idp:00o1:apps:oidc_client:0oa1", "apps/0oa1"],
  ["orn:okta:idp:00o1:apps:0oa1", "apps/0oa1"],
  // All apps of a name, and what is not known here, stay what Okta calls them.
  ["orn:okta:idp:00o1:apps:salesforce", "orn:okta:idp:00o1:apps:salesforce"],
  ["orn:okta:workflow:00o1:flows", "orn:okta:workflow:00o1:flows"],
])("what a resource set holds is named: %s is %s", (orn, name) => {
  expect(nameOf({ orn })).toBe(name);
});

it.each([
  [{ users: { href: "https://acme.okta.com/api/v1/groups/00g1/users" } }, "groups/00g1/users"],
  [{ groups: { href: "https://acme.okta.com/api/v1/groups/00g1" } }, "groups/00g1"],
  [{ self: { href: "https://acme.okta.com/api/v1/users/" } }, "users"],
  [{ self: { href: "https://acme.okta.com/api/v1/iam/resource-sets/iam1/resources/ire1" } }, undefined],
  [null, undefined],
])("and by its links where it has no name: %j is %s", (_links, name) => {
  expect(nameOf({ _links })).toBe(name);
});
