import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, it } from "vitest";
import { has, pack } from "../../../src/baton/model/annotations.ts";
import { connectRemote } from "../../../src/baton/rpc/client/client.ts";
import type { RpcServer } from "../../../src/baton/rpc/server/server.ts";
import { TypeScopedGrantsSchema } from "../../../src/gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import { ConnectorService } from "../../../src/gen/c1/connector/v2/connector_pb.ts";
import { EntitlementsService } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { GrantsService } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import { ResourcesService, ResourceTypesService } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { ErrorInfoSchema } from "../../../src/gen/google/rpc/error_details_pb.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { bendJson, hostileOkta } from "../../hostile/okta.ts";
import { Caller, refusal } from "./caller.ts";
import { golden, goldenSandbox, oktaConnector } from "./okta.ts";
import { serveConnector } from "./serve.ts";

/** What clients of the Baton SDK send during a sync, as recorded from its own syncer. */

const org = golden("org.json");
const open: { close(): unknown }[] = [];
let sandbox: Sandbox;
let server: RpcServer;
let client: Caller;
let warned: unknown[];

async function start(token?: string, url = sandbox.url) {
  warned = [];
  const log = {
    ...silentLog,
    warn: (message: string, fields: object = {}) => void warned.push({ message, ...fields }),
  };
  server = await serveConnector(oktaConnector({ ...sandbox, url, token: sandbox.token }, {}, token), { log });
  client = new Caller(server.address);
  open.push({ close: () => server.kill() }, client);
}

beforeEach(async () => {
  sandbox = await goldenSandbox({ tokens: [{ token: "00lesser", roles: ["READ_ONLY_ADMIN"] }] } as never);
  open.push(sandbox);
});

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const grantsOf = (group: string, activeSyncId = "") =>
  client.call(GrantsService.method.listGrants, {
    resource: { id: { resourceType: "group", resource: group } },
    activeSyncId,
  });

const listGroups = (activeSyncId: string) =>
  client.call(ResourcesService.method.listResources, { resourceTypeId: "group", activeSyncId });

it("says the version of the contract, by which the SDK tells whether to name its syncs", async () => {
  await start();
  const { sdkVersion } = await client.call(ConnectorService.method.validate, {});
  expect(sdkVersion).toBe("v0.25.0");
});

it("remembers for several syncs at a time, and for each until it ends", async () => {
  await start();
  const ids = ["sync one", "sync two"];
  for (const id of ids) await listGroups(id);
  const asked = async (id: string) => {
    const before = sandbox.calls().total;
    for (const group of org.groups) await grantsOf(group.id, id);
    return sandbox.calls().total - before;
  };
  const unknown = await asked("");
  const known = await asked("sync one");
  expect(known).toBeLessThan(unknown);
  // Turn by turn, as two clients do.
  expect(await asked("sync two")).toBe(known);
  expect(await asked("sync one")).toBe(known);
  for (let times = 0; times < 2; times++) {
    await client.call(ConnectorService.method.cleanup, { activeSyncId: "sync one" });
  }
  expect(await asked("sync one")).toBe(unknown);
  expect(await asked("sync two")).toBe(known);
});

it("serves a group whose roles may not be read without them, says so, and our own client notes it", async () => {
  await start("00lesser");
  const group = org.groups.find(({ id }: { id: string }) => org.groupRoles?.[id] !== undefined) ?? org.groups[0];
  let token = "";
  const marks = [];
  do {
    const page = await client.call(GrantsService.method.listGrants, {
      resource: { id: { resourceType: "group", resource: group.id } },
      pageToken: token,
    });
    marks.push(...page.annotations.filter(({ typeUrl }) => typeUrl.endsWith(ErrorInfoSchema.typeName)));
    token = page.nextPageToken;
  } while (token !== "");
  expect(marks).toHaveLength(1);
  expect(warned).toMatchObject([{ message: "not readable, and served as nothing", on: `group ${group.id}` }]);

  const call = { signal: new AbortController().signal };
  const remote = await connectRemote({ address: server.address, clock: systemClock, log: silentLog }, call);
  const support = remote.types.find(({ type }) => type.id === "group")!;
  const refused = [];
  for (let next: unknown[] = [{}]; next.length > 0; ) {
    const page = await support.grants!(
      { id: { resourceType: "group", resource: group.id }, annotations: [] } as never,
      next.shift() as never,
      call,
    );
    refused.push(...(page.refused ?? []));
    next.push(...page.next);
  }
  expect(refused.map(({ what, on }) => [what, on])).toEqual([["admin roles of groups", `group ${group.id}`]]);
  await remote.close?.();
});

it("serves the good items of a page with one that cannot be read, says so once, and our own client notes it", async () => {
  await start();
  const hostile = await hostileOkta(sandbox.url);
  open.push(hostile);
  const deep = JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`) as object;
  hostile.on(
    "GET",
    "/api/v1/users",
    bendJson((body) => [{}, null, ...(body as { profile: object }[]).map((user) => ({ ...user, profile: deep }))]),
  );
  hostile.on(
    "GET",
    "/api/v1/groups/*/users",
    bendJson((body) => [...(body as object[]), { id: 7 }, { id: 7 }]),
  );
  await start(sandbox.token, hostile.url);
  const { list } = await client.call(ResourcesService.method.listResources, { resourceTypeId: "user" });
  expect(list).toHaveLength(org.users.length);
  const nameless = { message: "not readable, and served as nothing", what: "users", count: 2 };
  expect(warned).toHaveLength(1 + org.users.length);
  expect(warned[0]).toMatchObject(nameless);

  const [group] = org.groups;
  const call = { signal: new AbortController().signal };
  const remote = await connectRemote({ address: server.address, clock: systemClock, log: silentLog }, call);
  const resource = { id: { resourceType: "group", resource: group.id }, annotations: [] } as never;
  const page = await remote.types.find(({ type }) => type.id === "group")!.grants!(resource, undefined, call);
  expect(page.items).toHaveLength(org.groupMembers[group.id].length);
  expect(page.refused?.map(({ what, on }) => [what, on])).toEqual(
    Array(2).fill(["members of groups", `group ${group.id}`]),
  );
  await remote.close?.();
});

it.each([
  ["TypeScopedGrants", GrantsService.method.listGrants],
  ["TypeScopedEntitlements", EntitlementsService.method.listEntitlements],
] as const)("refuses %s for a type that does not carry it", async (mark, method) => {
  await start();
  const stub = { resource: { id: { resourceType: "group", resource: "group" } } };
  const annotations = [{ typeUrl: `type.googleapis.com/c1.connector.v2.${mark}`, value: new Uint8Array() }];
  const refused = await refusal(client.call<DescMessage, DescMessage>(method, { ...stub, annotations } as never));
  expect(refused.code).toBe("INVALID_ARGUMENT");
  expect(refused.detail("google.rpc.BadRequest").fieldViolations[0].field).toBe("annotations");
});

it("shows the grants of a whole type of roles, page by page, where the request asks for that", async () => {
  await start();
  const { list: types } = await client.call(ResourceTypesService.method.listResourceTypes, {});
  const marked = types.filter(({ annotations }) => has(annotations, TypeScopedGrantsSchema)).map(({ id }) => id);
  expect(marked).toEqual(["role", "custom-role"]);
  for (const type of marked) {
    const { list: roles } = await client.call(ResourcesService.method.listResources, { resourceTypeId: type });
    const one: string[] = [];
    for (const resource of roles) one.push(...(await grantIds({ resource, activeSyncId: "one by one" })));
    const resource = { id: { resourceType: type, resource: type } };
    const annotations = [pack(TypeScopedGrantsSchema, {})];
    expect(one.length).toBeGreaterThan(0);
    for (const pageSize of [0, 1, 2]) {
      const all = await grantIds({ resource, annotations, pageSize, activeSyncId: "at once" });
      expect(all.sort()).toEqual([...one].sort());
    }
    const other = { resource: { id: { resourceType: type, resource: "another" } }, annotations };
    expect((await refusal(client.call(GrantsService.method.listGrants, other))).code).toBe("INVALID_ARGUMENT");
  }
});

async function grantIds(request: MessageInitShape<typeof GrantsService.method.listGrants.input>): Promise<string[]> {
  const ids: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await client.call(GrantsService.method.listGrants, { ...request, pageToken } as typeof request);
    ids.push(...page.list.map(({ id }) => id));
    pageToken = page.nextPageToken;
    if (pageToken === "") return ids;
  }
}
