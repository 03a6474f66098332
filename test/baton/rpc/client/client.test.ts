import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, expect, it } from "vitest";
import type { Cursor, Page } from "../../../../src/baton/connector.ts";
import { pack } from "../../../../src/baton/model/annotations.ts";
import { connectRemote } from "../../../../src/baton/rpc/client/client.ts";
import { addServices } from "../../../../src/baton/rpc/server/adapter.ts";
import { serve } from "../../../../src/baton/rpc/server/service.ts";
import { sync } from "../../../../src/baton/sync/sync.ts";
import { InsertResourceGrantsSchema } from "../../../../src/gen/c1/connector/v2/annotation_grant_pb.ts";
import {
  ChildResourceTypeSchema,
  SkipEntitlementsAndGrantsSchema,
  SkipGrantsSchema,
} from "../../../../src/gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { ConnectorService } from "../../../../src/gen/c1/connector/v2/connector_pb.ts";
import { EntitlementSchema, EntitlementsService } from "../../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { GrantsService } from "../../../../src/gen/c1/connector/v2/grant_pb.ts";
import {
  type Resource,
  ResourceSchema,
  ResourcesService,
  ResourceTypeSchema,
  ResourceTypesService,
} from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import { systemClock } from "../../../../src/runtime/clock.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { silentLog } from "../../../../src/runtime/log/log.ts";
import { noTraces } from "../../../../src/runtime/traces/traces.ts";
import { readGoldenForm } from "../../../e2e/snapshots.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const resource = (type: string, id: string, more: Partial<Resource> = {}) => ({
  ...create(ResourceSchema, { id: { resourceType: type, resource: id }, displayName: id }),
  ...more,
});
const entitlement = (type: string, id: string, slug: string) =>
  create(EntitlementSchema, { resource: resource(type, id), id: `${type}:${id}:${slug}`, slug });

/** Somebody else's connector: folders that hold files, two entitlements a folder on two pages, and faults. */
async function strange(
  fault: () => void,
  pageOf?: (list: string, token: string) => { list: never[]; nextPageToken: string },
) {
  const asked: string[] = [];
  const server = new Server();
  const types = ["folder", "file", "person", "badge"].map((id) =>
    create(ResourceTypeSchema, {
      id,
      displayName: id,
      annotations:
        id === "person"
          ? [pack(SkipEntitlementsAndGrantsSchema, {})]
          : id === "badge"
            ? [pack(SkipGrantsSchema, {})]
            : [],
    }),
  );
  addServices(
    server,
    [
      serve(ConnectorService, {
        getMetadata: () => ({ metadata: { displayName: "Files", description: "Somebody else's" } }),
        validate: () => ({}),
        cleanup: ({ activeSyncId }) => {
          asked.push(`cleanup ${activeSyncId.length}`);
          return {};
        },
      }),
      serve(ResourceTypesService, {
        listResourceTypes: ({ pageToken }) =>
          pageToken === "" ? { list: types.slice(0, 1), nextPageToken: "rest" } : { list: types.slice(1) },
      }),
      serve(ResourcesService, {
        listResources: ({ resourceTypeId: type, parentResourceId: parent, pageToken }) => {
          fault();
          asked.push(`list ${type} ${parent?.resource ?? ""} ${pageToken}`);
          const bent = pageOf?.(`list ${type}`, pageToken);
          if (bent) return bent;
          if (type === "folder") {
            return {
              list: [
                resource("folder", "a", { annotations: [pack(ChildResourceTypeSchema, { resourceTypeId: "file" })] }),
              ],
            };
          }
          if (type === "file" && parent !== undefined) {
            const file = (id: string) =>
              resource("file", id, { parentResourceId: parent, annotations: [pack(SkipGrantsSchema, {})] });
            return pageToken === "" ? { list: [file("f1")], nextPageToken: "2" } : { list: [file("f2")] };
          }
          return {
            list: type === "person" ? [resource("person", "p1")] : type === "badge" ? [resource("badge", "b1")] : [],
          };
        },
      }),
      serve(EntitlementsService, {
        listEntitlements: ({ resource: of, pageToken }) => {
          fault();
          const { resourceType: type, resource: id } = of!.id!;
          asked.push(`entitlements ${type} ${id} ${pageToken}`);
          const bent = pageOf?.("entitlements", pageToken);
          if (bent) return bent;
          return pageToken === ""
            ? { list: [entitlement(type, id, "read")], nextPageToken: "2" }
            : { list: [entitlement(type, id, "write")] };
        },
        listStaticEntitlements: () => ({}),
      }),
      serve(GrantsService, {
        listGrants: ({ resource: of, pageToken }) => {
          fault();
          const { resourceType: type, resource: id } = of!.id!;
          asked.push(`grants ${type} ${id} ${pageToken}`);
          const bent = pageOf?.("grants", pageToken);
          if (bent) return bent;
          const grant = (on: string, onId: string, slug: string, annotations = [] as ReturnType<typeof pack>[]) => ({
            id: `${on}:${onId}:${slug}:person:p1`,
            entitlement: entitlement(on, onId, slug),
            principal: resource("person", "p1"),
            annotations,
          });
          if (type !== "folder") return {};
          return pageToken === ""
            ? { list: [grant("folder", id, "read")], nextPageToken: "2" }
            : { list: [grant("badge", "found", "read", [pack(InsertResourceGrantsSchema, {})])] };
        },
      }),
    ],
    { clock: systemClock, log: silentLog, traces: noTraces },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  closing.push(() => server.forceShutdown());
  // Pauses pass at once, so that tries are not waited for.
  const clock = { ...systemClock, sleep: async () => {} };
  const remote = await connectRemote(
    { address: `127.0.0.1:${port}`, clock, log: silentLog },
    { signal: new AbortController().signal },
  );
  closing.push(() => remote.close?.());
  return { remote, asked };
}

it("syncs somebody else's connector: children, pages of entitlements, what is to be skipped, what grants bring", async () => {
  let calls = 0;
  const { remote, asked } = await strange(() => {
    calls++;
    if (calls % 3 === 0) throw new Failure({ kind: "unavailable", message: "busy", retryAfterMs: 1 });
    if (calls % 7 === 0) throw new Failure({ kind: "deadlineExceeded", message: "slow" });
  });
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-strange-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "sync.c1z");
  await sync(remote, { file, binding: {}, selection: {} });
  const found = await readGoldenForm(file);
  expect(Object.keys(found.resources).sort()).toEqual([
    "badge:b1",
    "badge:found",
    "file:f1",
    "file:f2",
    "folder:a",
    "person:p1",
  ]);
  expect(Object.keys(found.entitlements).sort()).toEqual(
    ["badge:b1", "badge:found", "file:f1", "file:f2", "folder:a"].flatMap((key) => [`${key}:read`, `${key}:write`]),
  );
  expect(Object.keys(found.grants).sort()).toEqual(["badge:found:read:person:p1", "folder:a:read:person:p1"]);
  expect(asked.filter((one) => one.startsWith("grants") && !one.startsWith("grants folder"))).toEqual([]);
  await remote.close?.();
  expect(asked.at(-1)).toBe("cleanup 27");
});

it.each(["list folder", "entitlements", "grants"])("ends where the tokens of %s lead back", async (bent) => {
  const { remote, asked } = await strange(
    () => {},
    (list, token) => (list === bent ? { list: [], nextPageToken: token === "a" ? "b" : "a" } : (undefined as never)),
  );
  const folder = mkdtempSync(join(tmpdir(), "baton-okta-strange-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  await expect(sync(remote, { file: join(folder, "sync.c1z"), binding: {}, selection: {} })).rejects.toMatchObject({
    kind: "internal",
    message: expect.stringContaining("would never end"),
  });
  expect(asked.length).toBeLessThan(40);
});

it("ends where a list gives new tokens and empty pages for ever", async () => {
  let token = 0;
  const { remote, asked } = await strange(
    () => {},
    () => ({ list: [], nextPageToken: String(++token) }),
  );
  const call = { signal: new AbortController().signal };
  const all = async () => {
    for (let cursor: Cursor | undefined = {}; cursor; ) {
      const page: Page<unknown> = await remote.types[0]!.list(cursor, call);
      cursor = page.next[0];
    }
  };
  await expect(all()).rejects.toMatchObject({ kind: "internal", message: expect.stringContaining("empty pages") });
  expect(asked).toHaveLength(5_000);
});

it("does not try again what will fail again", async () => {
  let calls = 0;
  const { remote } = await strange(() => {
    calls++;
    throw new Failure({ kind: "failedPrecondition", message: "not now" });
  });
  const list = remote.types[0]!.list(undefined, { signal: new AbortController().signal });
  await expect(list).rejects.toMatchObject({ kind: "failedPrecondition", message: expect.stringContaining("not now") });
  expect(calls).toBe(1);
});

it("gives up where the caller does", async () => {
  const { remote } = await strange(() => {
    throw new Failure({ kind: "unavailable", message: "busy" });
  });
  const stop = new AbortController();
  stop.abort(new Failure({ kind: "cancelled", message: "enough" }));
  await expect(remote.types[0]!.list(undefined, { signal: stop.signal })).rejects.toMatchObject({ kind: "cancelled" });
});

it.each(["", "nowhere", "host:99999999", "user@host:1", "ftp://host:1"])("refuses the address %j", async (address) => {
  const call = { signal: new AbortController().signal };
  await expect(connectRemote({ address, clock: systemClock, log: silentLog }, call)).rejects.toMatchObject({
    kind: "usage",
  });
});

it("names a grant of a service that does not say what it gives to whom, and takes the others", async () => {
  const good = { entitlement: entitlement("folder", "a", "read"), principal: resource("person", "p1") };
  const list = [{ ...good, id: "g1" }, { principal: good.principal }, { entitlement: good.entitlement }] as never[];
  const { remote } = await strange(
    () => {},
    (of) => (of === "grants" ? { list, nextPageToken: "" } : (undefined as never)),
  );
  const support = remote.types.find(({ type }) => type.id === "folder")!;
  const page = await support.grants!(resource("folder", "a"), undefined, { signal: new AbortController().signal });
  expect(page.items).toHaveLength(1);
  expect(page.refused).toMatchObject(Array(2).fill({ what: "grants of folders", on: "folder a" }));
});
