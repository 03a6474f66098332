import net, { type AddressInfo } from "node:net";
import zlib from "node:zlib";
import nock from "nock";
import { afterEach, describe, expect, test } from "vitest";
import type { RateLimit } from "../../../src/baton/connector.ts";
import type { AnswerSeen } from "../../../src/okta/api/client.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { FastClock } from "./fake-clock.ts";
import { aCall, atEnd, clientOf, json, oktaError, rejection, serve, TOKEN } from "./okta-server.ts";

afterEach(() => {
  nock.cleanAll();
  nock.restore();
});

describe("lists", () => {
  test("follow the Link header, and say who asks", async () => {
    const server = await serve((request, response) => {
      const link = [`<${server.url}/api/v1/users?limit=1>; rel="self"`];
      if (!request.url.includes("after")) {
        link.push(`<${server.url}/api/v1/users?after=a%2Cb&limit=1>; rel="next"`);
      }
      json(response, [{ id: request.url }], 200, { link });
    });
    const client = clientOf(server.url);
    const contentType = 'application/json; okta-response="omitCredentials"';
    const first = await client.list<{ id: string }>("/api/v1/users?limit=1", aCall(), { contentType });
    expect(first.next).toBe("/api/v1/users?after=a%2Cb&limit=1");
    const second = await client.list<{ id: string }>(first.next!, aCall());
    expect(second).toEqual({ items: [{ id: "/api/v1/users?after=a%2Cb&limit=1" }], at: expect.any(Number) });
    expect(server.seen[0]!.headers).toMatchObject({
      authorization: `SSWS ${TOKEN}`,
      accept: "application/json",
      "user-agent": "baton-okta/test",
      "content-type": contentType,
    });
    expect(server.seen[1]!.headers["content-type"]).toBeUndefined();
  });

  test("are read with a token that came with a line break, and not with what can be none", async () => {
    const server = await serve((_, response) => json(response, []));
    await clientOf(server.url, { credentials: { kind: "apiToken", token: new Secret(`${TOKEN}\r\n`) } }).list(
      "/api/v1/users",
      aCall(),
    );
    expect(server.seen[0]!.headers.authorization).toBe(`SSWS ${TOKEN}`);
    for (const text of ["\n", "00a\n00b", "00 a", "00é"]) {
      const open = () => clientOf(server.url, { credentials: { kind: "apiToken", token: new Secret(text) } });
      expect(open, JSON.stringify(text)).toThrow(/the API token is empty, or holds spaces/);
    }
  });

  test("under /iam take the next page from the body as well", async () => {
    const server = await serve((request, response) =>
      json(response, {
        roles: [{ id: "cr1" }],
        ...(request.url.includes("after")
          ? {}
          : { _links: { next: { href: `${server.url}/api/v1/iam/roles?after=1` } } }),
      }),
    );
    const client = clientOf(server.url);
    const items = (body: unknown) => (body as { roles: { id: string }[] }).roles;
    const first = await client.list("/api/v1/iam/roles", aCall(), { items });
    expect(first).toEqual({ items: [{ id: "cr1" }], next: "/api/v1/iam/roles?after=1", at: expect.any(Number) });
    expect((await client.list(first.next!, aCall(), { items })).next).toBeUndefined();
  });

  test("a next page off the configured host is refused and never asked for", async () => {
    const elsewhere = await serve((_, response) => json(response, []));
    const server = await serve((_, response) =>
      json(response, [], 200, { link: `<${elsewhere.url}/api/v1/users?after=1>; rel="next"` }),
    );
    const client = clientOf(server.url);
    const error = await rejection(client.list("/api/v1/users", aCall()));
    expect(isFailure(error, "failedPrecondition")).toBe(true);
    expect(
      isFailure(await rejection(client.list(`${elsewhere.url}/api/v1/users`, aCall())), "failedPrecondition"),
    ).toBe(true);
    expect(isFailure(await rejection(client.list("//127.0.0.1:1/api/v1/users", aCall())), "failedPrecondition")).toBe(
      true,
    );
    expect(elsewhere.seen).toHaveLength(0);
    expect(server.seen).toHaveLength(1);
  });

  test("a redirect is not followed", async () => {
    const elsewhere = await serve((_, response) => json(response, []));
    const server = await serve((_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/` });
      response.end();
    });
    expect(isFailure(await rejection(clientOf(server.url).get("/api/v1/org", aCall())), "failedPrecondition")).toBe(
      true,
    );
    expect(elsewhere.seen).toHaveLength(0);
  });

  test("can be read from their bytes", async () => {
    const server = await serve((_, response) => json(response, [{ id: "1" }, { id: "2" }]));
    const parse = (body: Buffer) => [...body.toString().matchAll(/"id":"(\d)"/g)].map((m) => m[1]!);
    expect((await clientOf(server.url).list("/api/v1/groups/1/users", aCall(), { parse })).items).toEqual(["1", "2"]);
  });

  test("a body that holds no list is no empty list", async () => {
    const server = await serve((_, response) => json(response, { value: [] }));
    const client = clientOf(server.url, { clock: new FastClock() });
    expect(isFailure(await rejection(client.list("/api/v1/users", aCall())), "unavailable")).toBe(true);
  });
});

describe("answers of the wrong form", () => {
  const PATH = "/api/v1/users";
  const IAM = "/api/v1/iam/assignees/users";
  const items = (body: unknown) => (body as { value: unknown[] } | null)?.value as unknown[];

  test.each([
    ["no brackets", "http://127.0.0.1/api/v1/users?after=1; rel=next"],
    ["a bracket that is never closed", '<http://127.0.0.1/api/v1/users?after=1; rel="next"'],
    ["no relation", "<http://127.0.0.1/api/v1/users?after=1>"],
  ])("a Link header with %s is not the last page", async (_, link) => {
    const server = await serve((_request, response) => json(response, [{ id: "1" }], 200, { link }));
    const client = clientOf(server.url, { clock: new FastClock() });
    const error = await rejection(client.list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "unavailable", message: expect.stringContaining("Link header") });
    expect(server.seen).toHaveLength(5);
    expect(client.stats().retries).toEqual({ form: 4 });
  });

  test("a Link header behind two thousand others is read", async () => {
    const many = Array.from({ length: 2_100 }, () => "a: ").join("\r\n");
    const server = net.createServer((socket) => {
      socket.once("data", () => {
        const next = `Link: <http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/users?after=1>; rel="next"`;
        socket.end(`HTTP/1.1 200 OK\r\n${many}\r\n${next}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]`);
      });
    });
    atEnd(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { clock: new FastClock() });
    expect(await client.list(PATH, aCall())).toEqual({ items: [], next: "/api/v1/users?after=1" });
  });

  test.each([
    [PATH, {}],
    [PATH, null],
    [PATH, "x"],
    [PATH, oktaError("E0000009", "x")],
    [IAM, {}],
    [IAM, { value: null }],
    [IAM, { value: {} }],
    [IAM, []],
    [IAM, oktaError("E0000009", "x")],
    [IAM, { ...oktaError("E0000009", "x"), value: [] }],
    [IAM, { value: [], _links: { next: {} } }],
  ])("%s is not empty where it is %j", async (path, body) => {
    const server = await serve((_, response) => json(response, body));
    const client = clientOf(server.url, { clock: new FastClock() });
    const error = await rejection(client.list(path, aCall(), path === IAM ? { items } : {}));
    expect(error).toMatchObject({ kind: "unavailable", answer: { status: 200 } });
    expect(server.seen).toHaveLength(5);
  });

  test.each([[[]], [null], ["x"], [oktaError("E0000007", "Not found")]])("an object is not %j", async (body) => {
    const server = await serve((_, response) => json(response, body));
    const client = clientOf(server.url, { clock: new FastClock() });
    expect(isFailure(await rejection(client.get("/api/v1/users/1", aCall())), "unavailable")).toBe(true);
  });
});

describe("tries", () => {
  test("a read goes on after every passing trouble, and takes a page only whole", async () => {
    const whole = JSON.stringify([{ id: "1" }, { id: "2" }]);
    const troubles: ((response: import("node:http").ServerResponse) => void)[] = [
      (r) => json(r, oktaError("E0000009", "Internal Server Error"), 500),
      (r) => json(r, oktaError("E0000009", "x"), 503),
      (r) => r.writeHead(502, { "content-type": "text/html" }).end("<html>Bad Gateway</html>"),
      (r) => r.writeHead(504).end(),
      (r) => r.destroy(),
      // Shorter than said.
      (r) => {
        r.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
        r.write(whole.slice(0, 10));
        setImmediate(() => r.destroy());
      },
      // Chunked, and broken off.
      (r) => {
        r.writeHead(200, { "content-type": "application/json" });
        r.write(whole.slice(0, 12));
        setImmediate(() => r.destroy());
      },
      // Ended as if it were whole.
      (r) => r.writeHead(200, { "content-type": "application/json" }).end(whole.slice(0, 12)),
    ];
    const server = await serve((_, response, n) => {
      const trouble = troubles[n];
      if (trouble === undefined) {
        json(response, JSON.parse(whole));
      } else {
        trouble(response);
      }
    });
    const client = clientOf(server.url, { clock: new FastClock() });
    expect((await client.list("/api/v1/users", aCall())).items).toEqual([{ id: "1" }, { id: "2" }]);
    expect(server.seen).toHaveLength(troubles.length + 1);
    expect(client.stats()).toMatchObject({ calls: 9, retries: { 500: 1, 502: 1, 503: 1, 504: 1, body: 2, json: 1 } });
    expect(client.stats().inFlight).toBe(0);
  });

  test("silence is a timeout, and is tried again", async () => {
    const server = await serve((_, response, n) => {
      if (n > 0) {
        json(response, {});
      }
    });
    const client = clientOf(server.url, { idleTimeoutMs: 50, clock: new FastClock() });
    await client.get("/api/v1/org", aCall());
    expect(client.stats().retries).toEqual({ timeout: 1 });
  });

  test("an answer that drips for ever ends at the overall limit", async () => {
    const server = await serve((_, response, n) => {
      if (n > 0) {
        json(response, {});
        return;
      }
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
    });
    const client = clientOf(server.url, { timeoutMs: 100, clock: new FastClock() });
    await client.get("/api/v1/org", aCall());
    expect(client.stats().retries).toEqual({ tooLong: 1 });
  });

  test("have an end", async () => {
    const server = await serve((_, response) => json(response, oktaError("E0000009", "down"), 503));
    const client = clientOf(server.url, { clock: new FastClock() });
    const error = await rejection(client.get("/api/v1/org", aCall()));
    expect(error).toMatchObject({ kind: "unavailable", answer: { status: 503, code: "E0000009" } });
    expect(server.seen).toHaveLength(10);
  });

  test.each([
    [400, "E0000001", "/api/v1/users", "invalidArgument"],
    [400, "E0000031", "/api/v1/users?after=old&limit=1", "badCursor"],
    [401, "E0000011", "/api/v1/users", "unauthenticated"],
    [403, "E0000006", "/api/v1/users", "permissionDenied"],
    [404, "E0000007", "/api/v1/users/1", "notFound"],
    [404, "E0000008", "/api/v1/users/1", "notFound"],
    [410, "E0000007", "/api/v1/users/1", "notFound"],
    [404, "E0000022", "/api/v1/devices", "unimplemented"],
    [405, "E0000022", "/api/v1/users", "unimplemented"],
    [409, "E0000090", "/api/v1/users/1/roles", "alreadyExists"],
    [501, "E0000060", "/api/v1/users", "unimplemented"],
  ])("%d %s is final", async (status, code, path, kind) => {
    const server = await serve((_, response) =>
      json(response, oktaError(code, "words"), status, { "x-okta-request-id": "req1" }),
    );
    const error = await rejection(clientOf(server.url).get(path, aCall()));
    expect(error).toMatchObject({ kind, answer: { status, code, summary: "words", requestId: "req1" } });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    [404, ""],
    [404, "{}"],
    [404, "<html>no such page</html>"],
    [404, JSON.stringify(oktaError("E0000048", "Entity not found exception"))],
    [404, JSON.stringify({ error: "not_found" })],
    [410, JSON.stringify({ message: "gone" })],
  ])(
    "%d %s is not Okta's word that something is gone: it is tried again, and is a failure in the end",
    async (status, body) => {
      const server = await serve((_, response, n) =>
        n === 0 ? json(response, {}) : response.writeHead(status).end(body),
      );
      const client = clientOf(server.url, { clock: new FastClock() });
      await client.get("/api/v1/org", aCall());
      for (const failing of [
        client.get("/api/v1/users/1", aCall()),
        client.send("DELETE", "/api/v1/users/1", aCall(), { repeatable: true }),
      ]) {
        const error = await rejection(failing);
        expect(error).toMatchObject({ answer: { status } });
        expect(isFailure(error, "notFound")).toBe(false);
      }
      expect(server.seen).toHaveLength(11);
      await rejection(client.send("POST", "/api/v1/users/1", aCall(), { repeatable: false }));
      expect(server.seen).toHaveLength(12);
    },
  );

  test("a read outlasts a 404 that is not Okta's own", async () => {
    const server = await serve((_, response, n) =>
      n < 3 ? response.writeHead(404).end() : json(response, { id: "1" }),
    );
    const client = clientOf(server.url, { clock: new FastClock() });
    expect(await client.get("/api/v1/users/1", aCall())).toEqual({ id: "1" });
    expect(client.stats().retries).toEqual({ 404: 3 });
  });

  test("a write that may have reached Okta is not repeated, unless that does no harm", async () => {
    const server = await serve((_, response, n) => (n % 2 === 0 ? response.destroy() : json(response, { id: "1" })));
    const client = clientOf(server.url, { clock: new FastClock() });
    await client.get("/api/v1/org", aCall());
    expect(server.seen).toHaveLength(2);
    const error = await rejection(client.send("POST", "/api/v1/users", aCall(), { body: {}, repeatable: false }));
    expect(isFailure(error, "unavailable")).toBe(true);
    expect(server.seen).toHaveLength(3);
    await client.get("/api/v1/org", aCall());
    await client.send("PUT", "/api/v1/groups/1/users/2", aCall(), { repeatable: true });
    expect(server.seen).toHaveLength(6);
  });

  test("a write is repeated after a refusal for the rate limit, but not after 503", async () => {
    const server = await serve((_, response, n) =>
      n === 0
        ? json(response, oktaError("E0000047", "limit"), 429, { "retry-after": "2" })
        : json(response, oktaError("E0000009", "x"), 503),
    );
    const clock = new FastClock();
    const client = clientOf(server.url, { clock });
    const error = await rejection(client.send("POST", "/api/v1/users", aCall(), { body: { a: 1 }, repeatable: false }));
    expect(isFailure(error, "unavailable")).toBe(true);
    expect(server.seen.map((s) => s.body)).toEqual(['{"a":1}', '{"a":1}']);
    expect(client.stats().refusals).toBe(1);
  });

  test("an empty answer to a write is no trouble", async () => {
    const server = await serve((_, response) => response.writeHead(204).end());
    const client = clientOf(server.url);
    expect(await client.send("DELETE", "/api/v1/groups/1/users/2", aCall(), { repeatable: true })).toBeUndefined();
    expect(server.seen[0]).toMatchObject({ method: "DELETE", url: "/api/v1/groups/1/users/2", body: "" });
  });

  test("429 waits until the window ends by the server's Date", async () => {
    const serverNow = Math.floor(Date.now() / 1000) + 5000;
    const server = await serve((_, response, n) => {
      const headers = {
        date: new Date(serverNow * 1000).toUTCString(),
        "x-rate-limit-limit": "600",
        "x-rate-limit-remaining": n === 0 ? "0" : "599",
        "x-rate-limit-reset": String(serverNow + (n === 0 ? 17 : 77)),
      };
      json(response, n === 0 ? oktaError("E0000047", "limit") : {}, n === 0 ? 429 : 200, headers);
    });
    const clock = new FastClock();
    const client = clientOf(server.url, { clock });
    const seen: RateLimit[] = [];
    await client.get("/api/v1/users/1", aCall({ observe: (limit) => seen.push(limit) }));
    expect(clock.slept.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(17_000);
    expect(clock.slept.reduce((a, b) => a + b, 0)).toBeLessThan(19_500);
    expect(seen.map((s) => s.remaining)).toEqual([0, 599]);
    expect(client.buckets()).toMatchObject([{ name: "/api/v1/users/{id}", refusals: 1, calls: 2, limit: 600 }]);
  });

  test("429 with limit 0 is about concurrency: it is tried again, and is no bucket's limit", async () => {
    const server = await serve((_, response, n) =>
      n === 0
        ? json(response, oktaError("E0000047", "x"), 429, {
            "x-rate-limit-limit": "0",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": String(Math.floor(Date.now() / 1000) + 3000),
          })
        : json(response, {}),
    );
    const clock = new FastClock();
    const client = clientOf(server.url, { clock });
    await client.get("/api/v1/org", aCall());
    expect(clock.slept.reduce((a, b) => a + b, 0)).toBeLessThan(5000);
    expect(client.buckets()[0]).not.toHaveProperty("limit");
  });
});

describe("the end of a call", () => {
  test("a cancelled one stops at once, wherever it is", async () => {
    const server = await serve(() => {});
    const client = clientOf(server.url);
    const cancel = new AbortController();
    const flying = client.get("/api/v1/org", aCall({ signal: cancel.signal }));
    const waiting = client.get("/api/v1/org", aCall({ signal: cancel.signal }));
    await expect.poll(() => server.seen.length).toBe(1);
    cancel.abort();
    expect(isFailure(await rejection(flying), "cancelled")).toBe(true);
    expect(isFailure(await rejection(waiting), "cancelled")).toBe(true);
    expect(client.stats().inFlight).toBe(0);
  });

  test("a deadline that passes is one of its own kind", async () => {
    const server = await serve(() => {});
    const error = await rejection(clientOf(server.url).get("/api/v1/org", aCall({ deadline: Date.now() + 60 })));
    expect(isFailure(error, "deadlineExceeded")).toBe(true);
  });

  test("a deadline months away is none", async () => {
    const server = await serve((_, response) => json(response, { id: "1" }));
    const deadline = Date.now() + 100 * 86_400_000;
    expect(await clientOf(server.url).get("/api/v1/org", aCall({ deadline }))).toEqual({ id: "1" });
  });

  test("a backoff beyond the deadline is not begun", async () => {
    const server = await serve((_, response) => json(response, oktaError("E0000009", "x"), 503));
    const error = await rejection(
      clientOf(server.url, { random: () => 1 }).get("/api/v1/org", aCall({ deadline: Date.now() + 240 })),
    );
    expect(error).toMatchObject({ kind: "unavailable", answer: { status: 503 } });
    expect(server.seen).toHaveLength(1);
  });
});

describe("what went wrong on the way", () => {
  test("nobody listens", async () => {
    const error = await rejection(
      clientOf("http://127.0.0.1:1", { clock: new FastClock() }).get("/api/v1/org", aCall()),
    );
    expect(error).toMatchObject({ kind: "unavailable", message: expect.stringContaining("ECONNREFUSED") });
  });

  test.each([
    ["ENOTFOUND", "is not known", "spelling"],
    ["CERT_HAS_EXPIRED", "has expired", "clock"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed", "NODE_EXTRA_CA_CERTS"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "not trusted", "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another host", "name"],
    ["ECONNRESET", "broke", "again"],
  ])("%s", async (code, message, advice) => {
    nock.activate();
    nock("https://acme.okta.com")
      .persist()
      .get("/api/v1/org")
      .replyWithError(Object.assign(new Error(code), { code }));
    const client = clientOf("acme.okta.com", { clock: new FastClock(), env: {} });
    expect(await rejection(client.get("/api/v1/org", aCall()))).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(message),
      advice: expect.stringContaining(advice),
    });
  });

  test("a host that speaks no TLS", async () => {
    const server = await serve((_, response) => json(response, {}));
    const client = clientOf(server.url.replace("http:", "https:"), { clock: new FastClock() });
    expect(await rejection(client.get("/api/v1/org", aCall()))).toMatchObject({
      message: expect.stringContaining("no TLS connection"),
    });
  });

  test.each([200, 404])("a web page with status %d is not Okta's API", async (status) => {
    const server = await serve((_, response) => {
      response.writeHead(status, { "content-type": "text/html" });
      response.end("<!DOCTYPE html><html>Welcome</html>");
    });
    expect(await rejection(clientOf(server.url).get("/api/v1/org", aCall()))).toMatchObject({
      kind: "failedPrecondition",
      message: expect.stringContaining("web page"),
    });
    expect(server.seen).toHaveLength(1);
  });
});

test("a compressed answer is read, and asked for off this machine only", async () => {
  nock.activate();
  const body = zlib.gzipSync(JSON.stringify({ id: "org1" }));
  nock("https://acme.okta.com", { reqheaders: { "accept-encoding": "gzip" } })
    .get("/api/v1/org")
    .reply(200, body, { "content-type": "application/json", "content-encoding": "gzip" });
  expect(await clientOf("acme.okta.com", { env: {} }).get("/api/v1/org", aCall())).toEqual({ id: "org1" });
  nock.restore();
  const server = await serve((_, response) => json(response, {}));
  await clientOf(server.url).get("/api/v1/org", aCall());
  expect(server.seen[0]!.headers).not.toHaveProperty("accept-encoding");
});

test("an id that would break the request line is wrong, and nothing is sent", async () => {
  const server = await serve((_, response) => json(response, {}));
  const error = await rejection(clientOf(server.url).get("/api/v1/users/a b\r\nx: y", aCall()));
  expect(isFailure(error, "invalidArgument")).toBe(true);
  expect(server.seen).toHaveLength(0);
});

test("connections are kept", async () => {
  const ports = new Set<number | undefined>();
  const server = await serve((_, response) => {
    ports.add(response.socket?.remotePort);
    json(response, {});
  });
  const client = clientOf(server.url);
  for (let i = 0; i < 5; i++) {
    await client.get("/api/v1/org", aCall());
  }
  expect(ports.size).toBe(1);
});

describe("proxies", () => {
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        asked.push(data.toString().split("\r\n")[0]!);
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    atEnd(() => new Promise((resolve) => server.close(resolve)));
    return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  test.each(["HTTPS_PROXY", "https_proxy"])("%s is asked for a tunnel, and its refusal is named", async (name) => {
    const { url, asked } = await proxy();
    const client = clientOf("acme.okta.test", { env: { [name]: url }, clock: new FastClock() });
    expect(await rejection(client.get("/api/v1/org", aCall()))).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("proxy"),
    });
    expect(new Set(asked)).toEqual(new Set(["CONNECT acme.okta.test:443 HTTP/1.1"]));
  });

  test.each([
    ["not there", "http://127.0.0.1:1"],
    ["not known", "http://proxy.okta.invalid:3128"],
  ])("one that is %s is blamed, not Okta", async (_what, url) => {
    const client = clientOf("acme.okta.test", { env: { HTTPS_PROXY: url }, clock: new FastClock() });
    expect(await rejection(client.get("/api/v1/org", aCall()))).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("proxy"),
      advice: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  test("NO_PROXY and this machine go without", async () => {
    const { url, asked } = await proxy();
    const env = { HTTPS_PROXY: `http://${url}`, HTTP_PROXY: `http://${url}`, NO_PROXY: ".okta.invalid" };
    const client = clientOf("acme.okta.invalid", { env, clock: new FastClock() });
    expect(await rejection(client.get("/api/v1/org", aCall()))).toMatchObject({
      message: expect.stringContaining("is not known"),
    });
    const server = await serve((_, response) => json(response, {}));
    await clientOf(server.url, { env }).get("/api/v1/org", aCall());
    expect(asked).toEqual([]);
  });

  test("what is no proxy is wrong usage", () => {
    expect(() => clientOf("acme.okta.com", { env: { HTTPS_PROXY: "socks5://user:pw@x:1" } })).toThrow(
      expect.objectContaining({ kind: "usage", message: expect.not.stringContaining("pw") }),
    );
  });
});

describe("secrets", () => {
  test("neither the token nor people's logins are in what is thrown, logged or told", async () => {
    const server = await serve((request, response) =>
      json(response, oktaError("E0000001", `no ${request.headers.authorization} for alice@acme.com`), 400),
    );
    const told: unknown[] = [];
    const client = clientOf(server.url, { log: (e) => told.push(e), onAnswer: (e: AnswerSeen) => told.push(e) });
    const error = await rejection(client.get("/api/v1/users/alice@acme.com?search=bob%40acme.com", aCall()));
    const text = JSON.stringify([
      error,
      String(error),
      (error as Error).message,
      told,
      client.stats(),
      client.buckets(),
    ]);
    expect(text).not.toContain(TOKEN);
    expect(text).not.toMatch(/alice|bob/);
    expect(text).toContain("{login}");
    expect(told).toContainEqual(
      expect.objectContaining({
        method: "GET",
        path: "/api/v1/users/{login}",
        status: 400,
        bucket: "/api/v1/users/{id}",
      }),
    );
  });
});
