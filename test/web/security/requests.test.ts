import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STAND_IN, served, type Visitor } from "../served.ts";

let site: Awaited<ReturnType<typeof served>>;
let visitor: Visitor;
beforeAll(async () => {
  site = await served();
  visitor = await site.visit();
});
afterAll(() => site.close());

/** Sends bytes as they are, and answers what comes back until the connection ends. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(site.origin).port), "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("close", () => resolve(text)).on("error", reject);
  });
}

const request = (line: string, headers: readonly string[] = []) =>
  raw(
    `${line} HTTP/1.1\r\n${[`Host: ${new URL(site.origin).host}`, "Connection: close", ...headers].join("\r\n")}\r\n\r\n`,
  );
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe("another host", () => {
  it.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", "localhost:1", ""])(
    "is refused: %s",
    async (host) => {
      const answer = await raw(
        `GET /api/session HTTP/1.1\r\nHost: ${host}\r\nCookie: ${visitor.cookie}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusOf(answer)).toBe(host === "" ? 400 : 421);
      expect(answer).not.toContain("csrf");
    },
  );

  it("is not told by headers of a proxy", async () => {
    const lie = ["X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", `Cookie: ${visitor.cookie}`];
    const answer = await request("GET /api/session", lie);
    expect(statusOf(answer)).toBe(200);
    expect(answer).not.toContain("evil.example");
  });

  it("may be one of this machine's own names", async () => {
    const { port } = new URL(site.origin);
    const answer = await raw(
      `GET / HTTP/1.1\r\nHost: LOCALHOST:${port}\r\nCookie: ${visitor.cookie}\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(200);
  });
});

describe("requests that change something", () => {
  const leave = (headers: Record<string, string>) =>
    fetch(`${site.origin}/api/sign-out`, { method: "POST", headers: { cookie: visitor.cookie, ...headers } });

  it.each([
    ["without the token", () => ({ origin: site.origin })],
    ["with a token that is made up", () => ({ origin: site.origin, "x-csrf-token": "A".repeat(43) })],
    ["without saying where they come from", () => ({ "x-csrf-token": visitor.csrf })],
    ["from another origin", () => ({ origin: "https://evil.example", "x-csrf-token": visitor.csrf })],
    ["from no origin that can be named", () => ({ origin: "null", "x-csrf-token": visitor.csrf })],
    ["from another port", () => ({ origin: "http://127.0.0.1:1", "x-csrf-token": visitor.csrf })],
    [
      "that a browser knows to be another site's",
      () => ({ origin: site.origin, "x-csrf-token": visitor.csrf, "sec-fetch-site": "same-site" }),
    ],
  ])("are refused %s", async (_, headers) => {
    const answer = await leave(headers() as Record<string, string>);
    expect(answer.status).toBe(403);
    expect((await visitor.get("/api/session")).status).toBe(200);
  });

  it("are taken from the page itself", async () => {
    const own = await served();
    try {
      const me = await own.visit();
      const headers = { cookie: me.cookie, origin: own.origin, "x-csrf-token": me.csrf };
      expect((await fetch(`${own.origin}/api/sign-out`, { method: "POST", headers })).status).toBe(200);
      expect((await me.get("/api/session")).status).toBe(401);
    } finally {
      await own.close();
    }
  });

  it("are refused where there is nothing to change", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const headers = { cookie: visitor.cookie, origin: site.origin, "x-csrf-token": visitor.csrf };
      const answer = await fetch(`${site.origin}/api/overview`, { method, headers });
      expect(answer.status).toBe(405);
    }
    expect(statusOf(await request("TRACE /api/overview"))).toBeGreaterThanOrEqual(400);
    expect(statusOf(await request("CONNECT evil.example:80"))).not.toBe(200);
  });

  it("have a size that is bounded", async () => {
    const headers = { cookie: visitor.cookie, origin: site.origin, "x-csrf-token": visitor.csrf };
    const answer = await fetch(`${site.origin}/api/sign-out`, { method: "POST", headers, body: "x".repeat(1_000_000) });
    expect(answer.status).toBe(413);
    expect((await answer.json()).error.code).toBe("tooLarge");
    const endless = await request("POST /api/sign-out", ["Transfer-Encoding: chunked", `Cookie: ${visitor.cookie}`]);
    expect(statusOf(endless)).toBe(413);
  });
});

describe("the files of the page", () => {
  it("come with a name, and nothing else does", async () => {
    const good = await visitor.get("/assets/page-ABCDEFGH.js");
    expect(good.status).toBe(200);
    expect(good.headers.get("content-type")).toContain("text/javascript");
    expect(good.headers.get("content-encoding")).toBe("gzip");
    expect(await good.text()).toBe(STAND_IN.files["/assets/page-ABCDEFGH.js"].text);
    const plain = await visitor.get("/assets/page-ABCDEFGH.js", { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    for (const path of [
      "/assets/",
      "/assets/..",
      "/assets/../package.json",
      "/assets/%2e%2e/package.json",
      "/assets/..%2fpackage.json",
      "/assets/..%5cpackage.json",
      "/assets/%00",
      "/assets/page-ABCDEFGH.js%00.css",
      "/assets//etc/passwd",
      "//etc/passwd",
      "/assets/__proto__",
      "/assets/constructor",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/assets/%ff%fe",
      "/assets/%",
    ]) {
      const answer = await request(`GET ${path}`);
      expect([400, 401, 404], path).toContain(statusOf(answer));
      expect(answer).not.toContain("root:");
    }
  });
});

describe("every answer", () => {
  it("says what a browser may do with it", async () => {
    for (const path of [
      "/",
      "/api/session",
      "/api/nothing",
      "/nothing",
      "/assets/page-ABCDEFGH.js",
      "/api/resources?limit=0",
    ]) {
      const { headers } = await visitor.get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).not.toContain("unsafe");
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("referrer-policy"), path).toBe("no-referrer");
      expect(headers.get("access-control-allow-origin"), path).toBeNull();
    }
    expect(
      (await fetch(`${site.origin}/`, { headers: { host: "evil.example" } })).headers.get("content-security-policy"),
    ).toBeTruthy();
  });

  it("is kept by nobody, where it tells something", async () => {
    for (const path of ["/", "/api/session", "/api/resources"]) {
      expect((await visitor.get(path)).headers.get("cache-control"), path).toBe("no-store");
    }
  });
});

describe("connections", () => {
  it("that send rubbish are ended with words, and the others go on", async () => {
    expect(statusOf(await raw("rubbish\r\n\r\n"))).toBe(400);
    expect(statusOf(await request("GET /", [`Cookie: ${"x".repeat(20_000)}`]))).toBe(400);
    expect((await visitor.get("/api/session")).status).toBe(200);
  });

  it("that only hold places keep nobody out", async () => {
    const port = Number(new URL(site.origin).port);
    const held = Array.from({ length: 600 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.all(
      held.map((socket) => new Promise((resolve) => socket.once("connect", resolve).once("close", resolve))),
    );
    for (const socket of held) socket.write("GET /api/session HTTP/1.1\r\n");
    expect((await visitor.get("/api/session")).status).toBe(200);
    for (const socket of held) socket.destroy();
  });
});
