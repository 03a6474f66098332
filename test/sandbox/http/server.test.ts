import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/runtime/failure.ts";
import { serve } from "../../../src/sandbox/serve.ts";
import { call, DIRECTORY, handClock, serveFake } from "./fake-org.ts";

const JSON_TYPE = { "content-type": "application/json" };

async function refused(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as Record<string, unknown>;
  expect(Object.keys(body)).toEqual(["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]);
  expect(body.errorLink).toBe(body.errorCode);
  expect(answer.headers.get("x-okta-request-id")).toBeTruthy();
  expect(answer.headers.get("x-rate-limit-limit")).toBeTruthy();
  expect(answer.headers.get("content-type")).toBe("application/json");
  return [answer.status, String(body.errorCode)];
}

describe("the server", () => {
  it("hands a route what was called, and its own address as the caller knows it", async () => {
    const sandbox = await serveFake();
    const answer = await call(sandbox, "/api/v1/users/a%40b.c?x=1&y=%20z");
    expect(await answer.json()).toEqual({
      pattern: "/api/v1/users/{userId}",
      params: { userId: "a@b.c" },
      query: { x: "1", y: " z" },
      caller: { id: "00TSuper", roles: ["SUPER_ADMIN"], userId: "00uSuper" },
      origin: sandbox.url,
    });
  });

  it("refuses as Okta does", async () => {
    const sandbox = await serveFake();
    const as = (path: string, init?: RequestInit) => call(sandbox, path, init).then(refused);
    expect(await as("/api/v1/users", { headers: { authorization: "SSWS wrong" } })).toEqual([401, "E0000011"]);
    expect(await as("/api/v1/users", { headers: { authorization: "Basic eDp5" } })).toEqual([401, "E0000011"]);
    expect(await as("/api/v1/users", { headers: { authorization: "Bearer x" } })).toEqual([401, "E0000011"]);
    expect(await as("/api/v1/users", { headers: { authorization: "" } })).toEqual([403, "E0000005"]);
    expect(await as("/api/v1/nothing")).toEqual([404, "E0000022"]);
    expect(await as("/api/v1/users", { method: "PATCH" })).toEqual([405, "E0000022"]);
    expect(await as("/api/v1/users/%zz")).toEqual([400, "E0000002"]);
    const post = { method: "POST", headers: JSON_TYPE };
    expect(await as("/api/v1/users", { ...post, body: '{"a":' })).toEqual([400, "E0000003"]);
    expect(await as("/api/v1/users", { ...post, body: "a=b", headers: { "content-type": "text/plain" } })).toEqual([
      415,
      "E0000021",
    ]);
    expect(await as("/api/v1/users", { ...post, body: `"${"x".repeat(1_100_000)}"` })).toEqual([413, "E0000003"]);
  });

  it("takes JSON with parameters in its type, and no body at all", async () => {
    const sandbox = await serveFake();
    const headers = { "content-type": 'application/json; okta-response="omitCredentials"' };
    const posted = await call(sandbox, "/api/v1/users", { method: "POST", headers, body: '{"profile":{}}' });
    expect(await posted.json()).toMatchObject({ body: { profile: {} } });
    expect((await call(sandbox, "/api/v1/users", { headers })).status).toBe(200);
    expect((await call(sandbox, "/api/v1/groups/1/users/2", { method: "PUT" })).status).toBe(200);
  });

  it("answers HEAD like GET without the body, and OPTIONS with the methods", async () => {
    const sandbox = await serveFake();
    const got = await (await call(sandbox, "/api/v1/users")).text();
    const head = await call(sandbox, "/api/v1/users", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, String(got.length), ""]);
    const options = await fetch(`${sandbox.url}/api/v1/users/1`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, POST, OPTIONS"]);
  });

  it("keeps a connection open between calls, and gives each an id of its own", async () => {
    const sandbox = await serveFake();
    const answers = [await call(sandbox, "/api/v1/users"), await call(sandbox, "/api/v1/users")];
    expect(answers.map(({ headers }) => headers.get("connection"))).toEqual(["keep-alive", "keep-alive"]);
    expect(new Set(answers.map(({ headers }) => headers.get("x-okta-request-id"))).size).toBe(2);
  });

  it("survives requests that are not HTTP, and clients that leave in the middle of a body", async () => {
    const sandbox = await serveFake();
    for (const text of [
      "nonsense\r\n\r\n",
      "POST /api/v1/users HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(sandbox.port, "127.0.0.1", () =>
          socket.write(text, () => setTimeout(() => socket.destroy(), 20)),
        );
        socket.on("error", () => {});
        socket.on("close", () => resolve());
      });
    }
    expect((await call(sandbox, "/api/v1/users")).status).toBe(200);
  });

  it("waits as long as the latency says before it answers", async () => {
    const clock = handClock(1_800_000_000_000);
    const sandbox = await serveFake({ latencyMs: 2500, clock });
    const answer = await call(sandbox, "/api/v1/users");
    expect(Date.parse(answer.headers.get("date")!)).toBe(1_800_000_002_000);
  });

  it("answers an error of a route with 500 and goes on", async () => {
    const broken = { method: "GET", pattern: "/api/v1/users", scope: "s", handle: () => JSON.parse("{") };
    const sandbox = await serve({ routes: [broken], directory: DIRECTORY });
    const said: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
    try {
      expect(await refused(await call(sandbox, "/api/v1/users"))).toEqual([500, "E0000009"]);
      expect(said.join("")).toContain("GET /api/v1/users: SyntaxError");
    } finally {
      process.stderr.write = write;
      await sandbox.close();
    }
  });

  it("counts calls by method, pattern and status", async () => {
    const sandbox = await serveFake();
    await Promise.all(
      ["1", "2", "3"].map((id) => call(sandbox, `/api/v1/users/${id}`).then((answer) => answer.text())),
    );
    await (await call(sandbox, "/api/v1/none")).text();
    expect(sandbox.calls()).toMatchObject({
      total: 4,
      endpoints: [
        { method: "GET", pattern: "/api/v1/users/{userId}", status: 200, count: 3 },
        { method: "GET", pattern: "/api/v1/none", status: 404, count: 1 },
      ],
    });
    sandbox.resetCalls();
    expect(sandbox.calls()).toEqual({ total: 0, refused: 0, lost: 0, peakConcurrency: 0, endpoints: [] });
  });

  it("frees its port at once when it is closed, whatever hangs", async () => {
    const sandbox = await serveFake({ latencyMs: 600_000 });
    const hanging = call(sandbox, "/api/v1/users").catch((error: unknown) => error);
    await expect.poll(() => sandbox.calls().peakConcurrency).toBe(1);
    await sandbox.close();
    expect(await hanging).toBeInstanceOf(Error);
    const again = await serveFake({ port: sandbox.port });
    expect(again.port).toBe(sandbox.port);
  });

  it("says so where the port is taken or the address is not one", async () => {
    const { port } = await serveFake();
    await expect(serveFake({ port })).rejects.toSatisfy((error) => isFailure(error, "failedPrecondition"));
    await expect(serveFake({ port })).rejects.toThrow(`127.0.0.1:${port} is in use already`);
    await expect(serveFake({ host: "203.0.113.1" })).rejects.toSatisfy((error) => isFailure(error, "usage"));
    await expect(serveFake({ tls: { cert: "no", key: "no" } })).rejects.toSatisfy((error) => isFailure(error, "usage"));
  });
});
