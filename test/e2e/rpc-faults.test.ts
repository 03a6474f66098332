import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Connector, Page } from "../../src/baton/connector.ts";
import { connectRemote } from "../../src/baton/rpc/client/client.ts";
import type { RpcServer, RpcServerOptions } from "../../src/baton/rpc/server/server.ts";
import { ConnectorService } from "../../src/gen/c1/connector/v2/connector_pb.ts";
import { GrantsService } from "../../src/gen/c1/connector/v2/grant_pb.ts";
import {
  ResourceGetterService,
  ResourcesService,
  ResourceTypeSchema,
} from "../../src/gen/c1/connector/v2/resource_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "../../src/gen/grpc/health/v1/health_pb.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { Failure } from "../../src/runtime/failure.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Caller, refusal } from "../baton/rpc/caller.ts";
import { golden, goldenSandbox, oktaConnector } from "../baton/rpc/okta.ts";
import { serveConnector } from "../baton/rpc/serve.ts";
import { CERT, KEY } from "../sandbox/tls-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-okta-call-guard-"));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const org = golden("org.json");
const group = org.groups[0].id;
const listGrants = { resource: { id: { resourceType: "group", resource: group } } };
const open: { close(): unknown }[] = [];

afterAll(async () => {
  for (const one of open.reverse()) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function served(connector: Connector, more: Partial<RpcServerOptions> = {}, ca?: string) {
  const server = await serveConnector(connector, more);
  const client = new Caller(server.address, ca);
  open.push({ close: () => server.kill() }, client);
  return { server, client };
}

/** A connector with one type, whose list does what a test wants. */
function connectorOf(list: (call: { signal: AbortSignal; deadline?: number }) => Promise<Page<never>>): Connector {
  const type = create(ResourceTypeSchema, { id: "thing", displayName: "Thing" });
  return {
    metadata: { displayName: "Things", description: "" },
    types: [{ type, list: (_, call) => list(call) }],
    async validate() {},
  };
}
const things = { resourceTypeId: "thing" };
const { listResources } = ResourcesService.method;

describe("what Okta refuses", () => {
  it("is told with its code, its error code and its request id", async () => {
    const sandbox = await goldenSandbox();
    open.push(sandbox);
    const { client } = await served(oktaConnector(sandbox, {}, "00wrong"));
    const refused = await refusal(client.call(ConnectorService.method.validate, {}));
    expect(refused.code).toBe("UNAUTHENTICATED");
    const info = refused.detail("google.rpc.ErrorInfo");
    expect(info).toMatchObject({ reason: "E0000011", metadata: { httpStatus: "401", errorCode: "E0000011" } });
    expect(info.metadata.requestId).toBeTruthy();
    expect(refused.message).not.toMatch(/\bat .*\.ts/);
  });

  it("is PERMISSION_DENIED where a token may not see, and our client goes on without it", async () => {
    const lesser = "00lesser";
    const sandbox = await goldenSandbox({ tokens: [{ token: lesser, roles: ["READ_ONLY_ADMIN"] }] } as never);
    open.push(sandbox);
    const { server, client } = await served(oktaConnector(sandbox, {}, lesser));
    const role = { resource: { id: { resourceType: "role", resource: "SUPER_ADMIN" } } };
    const refused = await refusal(client.call(GrantsService.method.listGrants, role));
    expect(refused.code).toBe("PERMISSION_DENIED");
    const options = { address: server.address, clock: systemClock, log: silentLog };
    const call = { signal: new AbortController().signal };
    const remote = await connectRemote(options, call);
    const support = remote.types.find(({ type }) => type.id === "role")!;
    const page = await support.grants!(role.resource as never, {}, call);
    expect(page.items).toEqual([]);
    expect(page.refused?.map(({ what }) => what)).toEqual(["admin roles of users"]);
    await remote.close?.();
  });

  it("is UNAVAILABLE with the time to wait where the limit's reset comes after the deadline", async () => {
    const sandbox = await goldenSandbox({ limits: 0.01, windowMs: 86_400_000 } as never);
    open.push(sandbox);
    const { client } = await served(oktaConnector(sandbox));
    const get = (user: string) =>
      client.call(
        ResourceGetterService.method.getResource,
        { resourceId: { resourceType: "user", resource: user } },
        { timeoutMs: 5_000 },
      );
    const answers = await Promise.allSettled(org.users.slice(0, 40).map((user: { id: string }) => get(user.id)));
    const failed = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    expect(failed.length).toBeGreaterThan(0);
    for (const refused of failed) {
      expect(refused.code).toBe("UNAVAILABLE");
      expect(Number.parseFloat(refused.detail("google.rpc.RetryInfo").retryDelay)).toBeGreaterThan(5);
      expect(refused.detail("c1.ratelimit.v1.RateLimitDescription").status).toBe("STATUS_OVERLIMIT");
      expect(refused.detail("c1.connector.v2.RateLimitDescription").status).toBe("STATUS_OVERLIMIT");
    }
  });

  it("is UNAVAILABLE without a word of limits where Okta is down", async () => {
    const answer = { status: 503, code: "E0000009" };
    const down = new Failure({ kind: "unavailable", message: "Okta answered HTTP 503", answer, retryAfterMs: 2_000 });
    const { client } = await served(
      connectorOf(async () => {
        throw down;
      }),
    );
    const refused = await refusal(client.call(listResources, things));
    expect(refused.code).toBe("UNAVAILABLE");
    expect(refused.details.map((detail) => detail["@type"].split("/").at(-1))).toEqual([
      "google.rpc.RetryInfo",
      "google.rpc.ErrorInfo",
    ]);
  });

  it("is INVALID_ARGUMENT where a page token has gone stale", async () => {
    let stale = false;
    const { client } = await served(
      connectorOf(async () => {
        if (stale) throw new Failure({ kind: "badCursor", message: "gone" });
        return { items: [], next: [{ at: 1 }] };
      }),
    );
    const { nextPageToken: pageToken } = await client.call(listResources, things);
    stale = true;
    expect((await refusal(client.call(listResources, { ...things, pageToken }))).code).toBe("INVALID_ARGUMENT");
  });

  it("is INTERNAL without a word of it where it is a fault of the program", async () => {
    const { client } = await served(
      connectorOf(async () => {
        throw new TypeError("secret: 00abc is not a function");
      }),
    );
    const { message } = await refusal(client.call(listResources, things));
    expect(message).toBe("INTERNAL: an unexpected error; the server's log says more");
  });
});

describe("a call that its caller gives up", () => {
  it("hands its deadline and its end down", async () => {
    const seen = Promise.withResolvers<{ deadline: number | undefined; reason: unknown }>();
    const { client } = await served(
      connectorOf(
        ({ signal, deadline }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              seen.resolve({ deadline, reason: signal.reason });
              reject(signal.reason);
            });
          }),
      ),
    );
    const before = Date.now();
    expect((await refusal(client.call(listResources, things, { timeoutMs: 300 }))).code).toBe("DEADLINE_EXCEEDED");
    const { deadline, reason } = await seen.promise;
    expect(deadline! - before).toBeGreaterThan(0);
    expect(deadline! - before).toBeLessThan(5_000);
    expect(reason).toBeInstanceOf(Failure);
  });
});

describe("the call guard", () => {
  const nothing = connectorOf(async () => ({ items: [], next: [] }));

  it("lets in who carries the token, which may change, and probes without one", async () => {
    const authTokenFile = file("token", "first\n");
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const { client } = await served(nothing, { authTokenFile, clock });
    const list = (authorization?: string) =>
      client.call(listResources, things, authorization ? { headers: { authorization } } : {});
    await list("Bearer first");
    for (const wrong of [undefined, "Bearer second", "Basic first", "first", "Bearer "]) {
      expect((await refusal(list(wrong))).code).toBe("UNAUTHENTICATED");
    }
    writeFileSync(authTokenFile, "second");
    now += 5_000;
    await list("Bearer second");
    expect((await refusal(list("Bearer first"))).code).toBe("UNAUTHENTICATED");
    rmSync(authTokenFile);
    now += 5_000;
    expect((await refusal(list("Bearer second"))).code).toBe("UNAUTHENTICATED");
    await client.call(Health.method.check, {});
  });

  it("asks for a certificate where a CA of clients is given", async () => {
    const tls = { cert: file("a.crt", CERT), key: file("a.key", KEY), clientCa: file("ca.crt", CERT) };
    const { server, client } = await served(nothing, { tls }, CERT);
    expect((await refusal(client.call(listResources, things))).code).toBe("UNAVAILABLE");
    const known = new Caller(server.address, CERT, {}, { cert: CERT, key: KEY });
    open.push(known);
    await known.call(listResources, things);
  });

  it("is reached by our own client over TLS at an address", async () => {
    const tls = { cert: file("b.crt", CERT), key: file("b.key", KEY) };
    const { server } = await served(nothing, { tls, authTokenFile: file("token-b", "second") });
    const options = { address: server.address, ca: tls.cert, clock: systemClock, log: silentLog };
    const call = { signal: new AbortController().signal };
    const remote = await connectRemote({ ...options, tokenFile: file("token-c", "second") }, call);
    expect(remote.metadata.displayName).toBe("Things");
    await remote.close?.();
    await expect(connectRemote(options, call)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it.each([
    ["0.0.0.0:0", /loopback/],
    ["nonsense", /no address/],
    ["127.0.0.1:70000", /no address/],
  ])("does not open at %s", async (listen, why) => {
    await expect(serveConnector(nothing, { listen })).rejects.toThrow(why);
  });

  it("opens anywhere where that is said", async () => {
    const server = await serveConnector(nothing, { listen: "0.0.0.0:0", insecure: true });
    await server.stop();
  });

  it("takes no request over 64 MiB, and a malformed one for the caller's fault", async () => {
    const { client } = await served(nothing);
    const path = "/c1.connector.v2.ResourcesService/ListResources";
    expect((await refusal(client.raw(path, new Uint8Array(65 << 20)))).code).toBe("RESOURCE_EXHAUSTED");
    expect((await refusal(client.raw(path, new Uint8Array([0xff, 0xff])))).code).toBe("INVALID_ARGUMENT");
  });
});

describe("a server that stops", () => {
  it("finishes what runs, refuses what is new, and says so", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<Page<never>>();
    const server = await serveConnector(
      connectorOf(() => {
        started.resolve();
        return finish.promise;
      }),
    );
    const [client, late] = [new Caller(server.address), new Caller(server.address)];
    const { status } = await late.call(Health.method.check, {});
    expect(status).toBe(HealthCheckResponse_ServingStatus.SERVING);
    const running = client.call(listResources, things);
    await started.promise;
    const stopped = server.stop();
    expect((await refusal(late.call(listResources, things, { timeoutMs: 2_000 }))).code).toBe("UNAVAILABLE");
    finish.resolve({ items: [], next: [] });
    expect((await running).list).toEqual([]);
    await stopped;
    client.close();
    late.close();
  });

  it("ends what does not end in time", async () => {
    const started = Promise.withResolvers<void>();
    const server = await serveConnector(
      connectorOf(() => {
        started.resolve();
        return new Promise(() => {});
      }),
      { graceMs: 50 },
    );
    const client = new Caller(server.address);
    const running = refusal(client.call(listResources, things));
    await started.promise;
    await server.stop();
    expect(["UNAVAILABLE", "CANCELLED"]).toContain((await running).code);
    client.close();
  });
});

let shared: RpcServer;
beforeAll(async () => {
  shared = await serveConnector(connectorOf(async () => ({ items: [], next: [] })));
  open.push({ close: () => shared.kill() });
});

it("knows nothing of a group that is not there, by any method", async () => {
  const client = new Caller(shared.address);
  expect((await refusal(client.call(GrantsService.method.listGrants, listGrants))).code).toBe("NOT_FOUND");
  client.close();
});
