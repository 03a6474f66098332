import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toJson } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/baton/model/registry.ts";
import type { RpcServer } from "../../src/baton/rpc/server/server.ts";
import { ActionService, ListActionSchemasResponseSchema } from "../../src/gen/c1/connector/v2/action_pb.ts";
import { AssetService } from "../../src/gen/c1/connector/v2/asset_pb.ts";
import {
  ConnectorService,
  ConnectorServiceGetMetadataResponseSchema,
} from "../../src/gen/c1/connector/v2/connector_pb.ts";
import { EntitlementsService } from "../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { EventService } from "../../src/gen/c1/connector/v2/event_feed_pb.ts";
import { GrantManagerService, GrantsService } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import {
  AccountManagerService,
  CredentialManagerService,
  type Resource,
  ResourceDeleterService,
  ResourceGetterService,
  ResourceManagerService,
  ResourcesService,
  ResourceTypesService,
} from "../../src/gen/c1/connector/v2/resource_pb.ts";
import { TicketsService } from "../../src/gen/c1/connector/v2/ticket_pb.ts";
import { RateLimitDescription_Status, RateLimiterService } from "../../src/gen/c1/ratelimit/v1/ratelimit_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "../../src/gen/grpc/health/v1/health_pb.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { Caller, pathOf, refusal } from "../baton/rpc/caller.ts";
import { golden, goldenSandbox, oktaConnector } from "../baton/rpc/okta.ts";
import { serveConnector } from "../baton/rpc/serve.ts";
import { CERT, KEY } from "../sandbox/tls-fixture.ts";

const org = golden("org.json");
const folder = mkdtempSync(join(tmpdir(), "baton-okta-tls-"));
const tls = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
let sandbox: Sandbox;
let server: RpcServer;
let reader: RpcServer;
let client: Caller;
let readOnly: Caller;

beforeAll(async () => {
  writeFileSync(tls.cert, CERT);
  writeFileSync(tls.key, KEY);
  sandbox = await goldenSandbox({ limits: "default" });
  const connector = oktaConnector(sandbox);
  server = await serveConnector(connector, { tls, provisioning: true });
  reader = await serveConnector(connector, { tls });
  client = new Caller(server.address, CERT);
  readOnly = new Caller(reader.address, CERT);
});

afterAll(async () => {
  client.close();
  readOnly.close();
  await Promise.all([server.stop(), reader.stop()]);
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const id = (resourceType: string, resource: string) => ({ id: { resourceType, resource } });
const keyOf = (resource: Resource) => `${resource.id!.resourceType}:${resource.id!.resource}`;
const typesOf = (annotations: readonly { typeUrl: string }[]) =>
  annotations.map(({ typeUrl }) => typeUrl.slice(typeUrl.lastIndexOf("/") + 1));

/** All pages of a list, and how many there were. */
async function all<T>(read: (pageToken: string) => Promise<{ list: T[]; nextPageToken: string }>) {
  const pages: T[][] = [];
  for (let token = ""; ; ) {
    const { list, nextPageToken } = await read(token);
    pages.push(list);
    token = nextPageToken;
    if (token === "") return { pages, list: pages.flat() };
  }
}

const resources = (resourceTypeId: string, pageSize = 0, activeSyncId = "") =>
  all((pageToken) =>
    client.call(ResourcesService.method.listResources, { resourceTypeId, pageSize, pageToken, activeSyncId }),
  );
const grants = (resource: { id: { resourceType: string; resource: string } }, pageSize = 0, activeSyncId = "") =>
  all((pageToken) => client.call(GrantsService.method.listGrants, { resource, pageSize, pageToken, activeSyncId }));

/** Descriptions are everybody's own words. */
function undescribed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undescribed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "description" && key !== "placeholder")
      .map(([key, one]) => [key, undescribed(one)]),
  );
}

describe("the connector", () => {
  it("says who it is and what it can do", async () => {
    const answer = await client.call(ConnectorService.method.getMetadata, {});
    const json = toJson(ConnectorServiceGetMetadataResponseSchema, answer, { registry, useProtoFieldName: true });
    const text = JSON.stringify(undescribed(json)).replaceAll(sandbox.url, "https://acme.okta.com");
    const expected = JSON.stringify(undescribed(golden("metadata.json")));
    expect(JSON.parse(text)).toEqual(JSON.parse(expected));
  });

  it("proves its credentials, cleans up as often as asked, has no assets and no tickets", async () => {
    const { sdkVersion } = await client.call(ConnectorService.method.validate, {});
    expect(sdkVersion).toBe("v0.25.0");
    for (let time = 0; time < 2; time++) {
      await client.call(ConnectorService.method.cleanup, { activeSyncId: "2WCJqN1fSAG8nQ4GGLOaUwHFyWA" });
    }
    const chunks: unknown[] = [];
    const same = (bytes: Uint8Array) => Buffer.from(bytes);
    const stream = client.client.makeServerStreamRequest(
      pathOf(AssetService.method.getAsset),
      same,
      same,
      Buffer.alloc(0),
    );
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toEqual([]);
    for (const method of TicketsService.methods) {
      const refused = await refusal(client.raw(pathOf(method), new Uint8Array()));
      expect(refused.message).toBe("FAILED_PRECONDITION: ticketing is not enabled");
    }
  });

  it("takes what clients ask and tell of rate limits", async () => {
    const { requestToken, description } = await client.call(RateLimiterService.method.do, { requestToken: "a" });
    expect([requestToken, description?.status]).toEqual(["a", RateLimitDescription_Status.EMPTY]);
    await client.call(RateLimiterService.method.report, { requestToken: "a" });
  });

  it("says that it serves, to whoever asks", async () => {
    for (const service of ["", "c1.connector.v2.GrantsService"]) {
      const { status } = await client.call(Health.method.check, { service });
      expect(status).toBe(HealthCheckResponse_ServingStatus.SERVING);
    }
    expect((await refusal(client.call(Health.method.check, { service: "no.Such" }))).code).toBe("NOT_FOUND");
    expect((await refusal(client.raw("/no.Such/Method", new Uint8Array()))).code).toBe("UNIMPLEMENTED");
  });
});

describe("reading", () => {
  it("lists the types that are switched on in one order, in pages of any size", async () => {
    const list = (pageSize: number) =>
      all((pageToken) => client.call(ResourceTypesService.method.listResourceTypes, { pageSize, pageToken }));
    const whole = await list(0);
    expect(whole.list).toHaveLength(9);
    const two = await list(2);
    expect(two.pages.map((page) => page.length)).toEqual([2, 2, 2, 2, 1]);
    expect(two.list).toEqual(whole.list);
  });

  it.each([
    "user",
    "group",
    "app",
    "role",
    "custom-role",
    "resource-set",
    "resourceset-binding",
    "api-token",
    "device",
  ])("lists each %s once, whatever the page size", async (type) => {
    const expected = Object.keys(golden("expected.json").resources).filter((key) => key.startsWith(`${type}:`));
    for (const pageSize of [0, 3, 250]) {
      const { list, pages } = await resources(type, pageSize);
      expect(list.map(keyOf).sort()).toEqual(expected.sort());
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(pageSize || 1000);
    }
  });

  it("lists each grant once, whatever the page size, and from nothing but ids", async () => {
    const expected = golden("expected.json").grants as Record<string, { sources?: unknown; entitlement: unknown }>;
    const some = [
      id(
        "group",
        org.groups.find((group: { id: string }) => org.groupMembers[group.id]?.length > 20)?.id ?? org.groups[0].id,
      ),
      id("role", "SUPER_ADMIN"),
      id("app", org.apps[0].id),
    ];
    for (const resource of some) {
      const whole = await grants(resource);
      expect(whole.list.length).toBeGreaterThan(0);
      for (const { id: grant } of whole.list) expect(expected).toHaveProperty([grant]);
      for (const pageSize of [1, 7]) {
        const { list, pages } = await grants(resource, pageSize, "2WCJqN1fSAG8nQ4GGLOaUwHFyWA");
        expect(list.map((grant) => grant.id)).toEqual(whole.list.map((grant) => grant.id));
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(pageSize);
      }
    }
  });

  it("shows a group's roles after its members, with what they expand to", async () => {
    const group = Object.keys(org.groupRoles).find((one) => org.groupRoles[one].length > 0)!;
    const { list } = await grants(id("group", group));
    const roles = list.filter((grant) => grant.principal?.id?.resourceType === "group");
    expect(roles.length).toBeGreaterThan(0);
    expect(list.slice(-roles.length)).toEqual(roles);
    for (const role of roles) expect(typesOf(role.annotations)).toContain("c1.connector.v2.GrantExpandable");
  });

  it("says what Okta said of the rate limit, where Okta was asked", async () => {
    const asked = await client.call(ResourcesService.method.listResources, { resourceTypeId: "user" });
    expect(typesOf(asked.annotations)).toContain("c1.ratelimit.v1.RateLimitDescription");
    const { annotations, list } = await client.call(EntitlementsService.method.listEntitlements, {
      resource: id("group", "00g1"),
    });
    expect(annotations).toEqual([]);
    expect(list.map((entitlement) => entitlement.id)).toEqual(["group:00g1:member"]);
  });

  it("reads one resource, and says which kinds cannot be read so", async () => {
    const user = org.users[0].id;
    const get = (type: string, resource: string) =>
      client.call(ResourceGetterService.method.getResource, { resourceId: id(type, resource).id });
    expect((await get("user", user)).resource?.id?.resource).toBe(user);
    expect((await refusal(get("user", "00unobody"))).code).toBe("NOT_FOUND");
    expect((await refusal(get("device", "guo1"))).code).toBe("UNIMPLEMENTED");
    expect((await refusal(get("nothing", "1"))).code).toBe("UNIMPLEMENTED");
    expect((await refusal(get("", "1"))).code).toBe("INVALID_ARGUMENT");
  });

  it("refuses unknown types and ids, and has no static entitlements", async () => {
    const unknown = [
      client.call(ResourcesService.method.listResources, { resourceTypeId: "nothing" }),
      client.call(EntitlementsService.method.listEntitlements, { resource: id("nothing", "1") }),
      client.call(EntitlementsService.method.listStaticEntitlements, { resourceTypeId: "nothing" }),
      client.call(GrantsService.method.listGrants, { resource: id("nothing", "1") }),
      client.call(GrantsService.method.listGrants, { resource: id("group", "00gnothing") }),
    ];
    for (const call of unknown) expect((await refusal(call)).code).toBe("NOT_FOUND");
    const { list } = await client.call(EntitlementsService.method.listStaticEntitlements, { resourceTypeId: "user" });
    expect(list).toEqual([]);
  });

  it.each([
    ["page_size", { resource: id("group", "00g1"), pageSize: 251 }],
    ["page_token", { resource: id("group", "00g1"), pageToken: "x".repeat(2 ** 20 + 1) }],
    ["page_token", { resource: id("group", "00g1"), pageToken: "nonsense" }],
    ["resource", {}],
    ["resource.id", { resource: {} }],
    ["resource.id.resource", { resource: id("group", "") }],
    ["resource.id.resource", { resource: id("group", "ü".repeat(513)) }],
    ["active_sync_id", { resource: id("group", "00g1"), activeSyncId: "x".repeat(1025) }],
  ])("names the field %s that is wrong", async (field, request) => {
    const refused = await refusal(client.call(GrantsService.method.listGrants, request));
    expect(refused.code).toBe("INVALID_ARGUMENT");
    expect(refused.detail("google.rpc.BadRequest").fieldViolations[0].field).toBe(field);
  });

  it("takes a page token of one process in another, and of no other list", async () => {
    const replica = await serveConnector(oktaConnector(sandbox));
    const stranger = await serveConnector(oktaConnector(sandbox), { tokenKey: Buffer.from("another") });
    const [other, foreign] = [new Caller(replica.address), new Caller(stranger.address)];
    const list = { resourceTypeId: "user", pageSize: 5 };
    const { nextPageToken: pageToken, list: first } = await client.call(ResourcesService.method.listResources, list);
    const second = await other.call(ResourcesService.method.listResources, { ...list, pageToken });
    expect(second.list.map(keyOf)).not.toEqual(expect.arrayContaining([keyOf(first[0]!)]));
    const altered = `${pageToken.slice(0, -1)}${pageToken.endsWith("A") ? "B" : "A"}`;
    const refused = [
      foreign.call(ResourcesService.method.listResources, { ...list, pageToken }),
      client.call(ResourcesService.method.listResources, { ...list, pageToken: altered }),
      client.call(ResourcesService.method.listResources, { ...list, resourceTypeId: "group", pageToken }),
      client.call(GrantsService.method.listGrants, { resource: id("group", org.groups[0].id), pageToken }),
    ];
    for (const call of refused) {
      const { code, details } = await refusal(call);
      expect([code, details[0].fieldViolations[0].field]).toEqual(["INVALID_ARGUMENT", "page_token"]);
    }
    other.close();
    foreign.close();
    await Promise.all([replica.stop(), stranger.stop()]);
  });
});

describe("events", () => {
  it("has one feed, which is meant where none is named", async () => {
    const { list } = await client.call(EventService.method.listEventFeeds, {});
    expect(list.map((feed) => feed.id)).toEqual(["baton_feed_event"]);
    const { hasMore } = await client.call(EventService.method.listEvents, { pageSize: 1000 });
    expect(hasMore).toBe(false);
    const wrong = await refusal(client.call(EventService.method.listEvents, { eventFeedId: "another" }));
    expect(wrong.code).toBe("NOT_FOUND");
    for (const request of [{ pageSize: 1001 }, { cursor: "x".repeat(4097) }, { cursor: "nonsense" }]) {
      const refused = await refusal(client.call(EventService.method.listEvents, request));
      expect(refused.code).toBe("INVALID_ARGUMENT");
      const field = "cursor" in request ? "cursor" : "page_size";
      expect(refused.detail("google.rpc.BadRequest").fieldViolations[0].field).toBe(field);
    }
  });
});

describe("changing", () => {
  const group = org.groups.find((one: { type: string }) => one.type === "OKTA_GROUP").id;
  const outsider = org.users.find(
    (one: { id: string; status: string }) => one.status === "ACTIVE" && !org.groupMembers[group]?.includes(one.id),
  ).id;
  const entitlement = { resource: id("group", group), id: `group:${group}:member` };
  const principal = id("user", outsider);
  const grant = { id: `${entitlement.id}:user:${outsider}`, entitlement, principal };

  it("grants and revokes, and says when it was so already", async () => {
    const first = await client.call(GrantManagerService.method.grant, { entitlement, principal });
    expect(first.grants.map((one) => one.id)).toEqual([grant.id]);
    expect(typesOf(first.annotations)).not.toContain("c1.connector.v2.GrantAlreadyExists");
    const again = await client.call(GrantManagerService.method.grant, { entitlement, principal });
    expect(typesOf(again.annotations)).toContain("c1.connector.v2.GrantAlreadyExists");
    const gone = await client.call(GrantManagerService.method.revoke, { grant });
    expect(typesOf(gone.annotations)).not.toContain("c1.connector.v2.GrantAlreadyRevoked");
    const twice = await client.call(GrantManagerService.method.revoke, { grant });
    expect(typesOf(twice.annotations)).toContain("c1.connector.v2.GrantAlreadyRevoked");
  });

  it("changes nothing without provisioning, and says what is wrong before that", async () => {
    sandbox.resetCalls();
    const { grant: give, revoke } = GrantManagerService.method;
    const forbidden = [
      readOnly.call(give, { entitlement, principal }),
      readOnly.call(revoke, { grant }),
      readOnly.call(ResourceManagerService.method.deleteResource, { resourceId: principal.id }),
      readOnly.call(ResourceDeleterService.method.deleteResourceV2, { resourceId: principal.id }),
      readOnly.call(AccountManagerService.method.createAccount, {
        accountInfo: { profile: { email: "a@b.example" } },
        credentialOptions: { options: { case: "noPassword", value: {} } },
      }),
      readOnly.call(ActionService.method.invokeAction, { name: "disable_user", args: { user_id: outsider } }),
    ];
    for (const call of forbidden) {
      expect((await refusal(call)).message).toMatch(/^FAILED_PRECONDITION: provisioning is not enabled/);
    }
    const wrong = [
      readOnly.call(give, { principal }),
      readOnly.call(give, { entitlement }),
      readOnly.call(give, { entitlement: { id: entitlement.id }, principal }),
      readOnly.call(give, { entitlement: { ...entitlement, id: "group:another:member" }, principal }),
      readOnly.call(revoke, { grant: { ...grant, id: "" } }),
      readOnly.call(AccountManagerService.method.createAccount, {}),
    ];
    for (const call of wrong) expect((await refusal(call)).code).toBe("INVALID_ARGUMENT");
    expect(sandbox.calls().endpoints.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("does not do what no connector of this kind does", async () => {
    const unable = [
      client.call(ResourceManagerService.method.createResource, { resource: principal }),
      client.call(ResourceManagerService.method.deleteResource, { resourceId: id("app", "0oa1").id }),
      client.call(CredentialManagerService.method.rotateCredential, { resourceId: principal.id }),
      client.call(CredentialManagerService.method.issueCredential, {}),
      client.call(GrantManagerService.method.grant, {
        entitlement: { resource: id("custom-role", "cr01"), id: "custom-role:cr01:assigned" },
        principal,
      }),
      client.call(AccountManagerService.method.createAccount, {
        resourceTypeId: "group",
        accountInfo: { profile: {} },
        credentialOptions: { options: { case: "noPassword", value: {} } },
      }),
    ];
    for (const call of unable) expect((await refusal(call)).code).toBe("UNIMPLEMENTED");
    const wrongHolder = client.call(GrantManagerService.method.grant, { entitlement, principal: id("app", "0oa1") });
    expect((await refusal(wrongHolder)).code).toBe("INVALID_ARGUMENT");
  });

  it("creates an account, finds it there already, and deletes it as often as asked", async () => {
    const profile = { first_name: "Ada", last_name: "Quill", email: "ada.quill@acme.example" };
    const request = {
      accountInfo: { profile },
      credentialOptions: { options: { case: "noPassword", value: {} } },
    } as const;
    const made = await client.call(AccountManagerService.method.createAccount, request);
    expect(made.result.case).toBe("success");
    const found = await client.call(AccountManagerService.method.createAccount, request);
    expect(found.result.case).toBe("alreadyExists");
    const resourceId = (made.result.value as { resource: Resource }).resource.id!;
    expect((found.result.value as { resource: Resource }).resource.id).toEqual(resourceId);
    await client.call(ResourceManagerService.method.deleteResource, { resourceId });
    await client.call(ResourceDeleterService.method.deleteResourceV2, { resourceId });
    const read = client.call(ResourceGetterService.method.getResource, { resourceId });
    expect((await refusal(read)).code).toBe("NOT_FOUND");
  });

  it("lists actions, runs one, and tells a failed one by its status", async () => {
    const schemas = await client.call(ActionService.method.listActionSchemas, {});
    const json = toJson(ListActionSchemasResponseSchema, schemas, { registry, useProtoFieldName: true });
    expect(undescribed(json)).toEqual(undescribed(golden("action-schemas.json")));
    const none = await client.call(ActionService.method.listActionSchemas, { resourceTypeId: "app" });
    expect(none.schemas).toEqual([]);
    const { schema } = await client.call(ActionService.method.getActionSchema, { name: "update_profile" });
    expect(schema?.resourceTypeId).toBe("user");

    const { invokeAction, getActionStatus } = ActionService.method;
    const run = await client.call(invokeAction, {
      name: "disable_user",
      args: { user_id: outsider },
      inlineWait: durationFromMs(20_000),
    });
    expect(run.response?.success).toBe(true);
    const status = await client.call(getActionStatus, { id: run.id });
    expect([status.status, status.name]).toEqual([run.status, "disable_user"]);
    const failed = await client.call(invokeAction, {
      name: "disable_user",
      args: { user_id: "00unobody" },
      inlineWait: durationFromMs(20_000),
    });
    expect(failed.response).toEqual({ error: expect.any(String) });
    for (const call of [
      client.call(invokeAction, { name: "nothing" }),
      client.call(invokeAction, { name: "update_profile", args: {} }),
      client.call(invokeAction, { name: "disable_user", resourceTypeId: "user" }),
      client.call(getActionStatus, { id: "2WCJqN1fSAG8nQ4GGLOaUwHFyWA" }),
      client.call(ActionService.method.getActionSchema, { name: "nothing" }),
    ]) {
      expect((await refusal(call)).code).toBe("NOT_FOUND");
    }
    const long = client.call(invokeAction, { name: "disable_user", inlineWait: durationFromMs(25 * 3_600_000) });
    expect((await refusal(long)).code).toBe("INVALID_ARGUMENT");
  });
});
