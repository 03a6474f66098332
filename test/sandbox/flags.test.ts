import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isFailure } from "../../src/runtime/failure.ts";
import { type Sandbox, type SandboxFlags, sandboxFromFlags } from "../../src/sandbox/sandbox.ts";
import { call } from "./http/fake-org.ts";
import { CERT, KEY } from "./tls-fixture.ts";

const GOLDEN = new URL("../golden/org.json", import.meta.url).pathname;
let folder: string;
let sandbox: Sandbox | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-flags-"));
  await writeFile(join(folder, "cert.pem"), CERT);
  await writeFile(join(folder, "key.pem"), KEY);
  await writeFile(join(folder, "broken.json"), '{"users": [');
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function start(flags: SandboxFlags): Promise<Sandbox> {
  sandbox = await sandboxFromFlags({ port: 0, ...flags });
  return sandbox;
}

async function count(from: Sandbox, path: string): Promise<number> {
  return ((await (await call(from, path)).json()) as unknown[]).length;
}

describe("sandboxFromFlags", () => {
  it("serves a seeded org of the size that was asked for", async () => {
    const small = await start({ users: "30", groups: 5, apps: 3, seed: 7 });
    expect(await count(small, "/api/v1/users?search=status%20pr")).toBe(30);
    expect(await count(small, "/api/v1/groups")).toBe(5);
    expect(await count(small, "/api/v1/apps?limit=50")).toBe(3);
  });

  it("serves an org file, with a token whose owner is an admin of that org", async () => {
    const golden = await start({ org: GOLDEN, limits: "off" });
    expect(await count(golden, "/api/v1/users?search=status%20pr")).toBe(72);
    const me = (await (await call(golden, "/api/v1/users/me")).json()) as { id: string; status: string };
    expect(me.status).toBe("ACTIVE");
    const roles = await (await call(golden, `/api/v1/users/${me.id}/roles`)).json();
    expect(roles).toContainEqual(expect.objectContaining({ type: "SUPER_ADMIN", status: "ACTIVE" }));
  });

  it("takes limits, faults and credentials", async () => {
    const half = await start({ users: 5, groups: 1, apps: 0, limits: "0.5", faults: "0", auth: "dpop", latency: "0" });
    const answer = await call(half, "/api/v1/apps");
    expect(answer.headers.get("x-rate-limit-limit")).toBe("50");
    expect(half.oauth?.privateKeyPem).toContain("BEGIN PRIVATE KEY");
  });

  it("takes the limits of another kind of org, a lag, a delay, churn and the form of the governed roles", async () => {
    const org = { users: 30, groups: 5, apps: 3 };
    const flags = { limits: "integrator", searchLag: "60", logDelay: "5", churn: "1", governedRoles: "type" };
    const sandbox = await start({ ...org, ...flags });
    expect((await call(sandbox, "/api/v1/apps")).headers.get("x-rate-limit-limit")).toBe("20");
    const roles = (await (await call(sandbox, "/api/v1/iam/roles")).json()) as { roles: { type?: string }[] };
    expect(roles.roles.map(({ type }) => type)).toContain("WORKFLOWS_ADMIN");
    sandbox.churn(60);
    expect(await count(sandbox, "/api/v1/users?search=status%20pr")).toBe(30);
  });

  it("serves over TLS", async () => {
    const tlsCert = join(folder, "cert.pem");
    const safe = await start({ users: 5, groups: 1, apps: 0, tlsCert, tlsKey: join(folder, "key.pem") });
    expect(safe.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const headers = { authorization: `SSWS ${safe.token}` };
    const [status, link] = await new Promise<[number | undefined, unknown]>((resolve, reject) => {
      request(`${safe.url}/api/v1/users?limit=2`, { ca: CERT, headers }, (res) => {
        res.resume().on("end", () => resolve([res.statusCode, res.headers.link]));
      })
        .on("error", reject)
        .end();
    });
    expect([status, link]).toEqual([200, expect.stringContaining(`<${safe.url}/api/v1/users?`)]);
  });

  it.each<[string, SandboxFlags]>([
    ["--port", { port: "http" }],
    ["--port", { port: 65536 }],
    ["--users", { users: "1.5" }],
    ["--groups", { groups: -1 }],
    ["--latency", { latency: "" }],
    ["--limits", { limits: "none" }],
    ["--limits", { limits: 0 }],
    ["--limits", { limits: "enterprises" }],
    ["--search-lag", { searchLag: -1 }],
    ["--log-delay", { logDelay: "soon" }],
    ["--churn", { churn: "often" }],
    ["--governed-roles", { governedRoles: "name" }],
    ["--faults", { faults: 1.1 }],
    ["--auth", { auth: "basic" }],
    ["--tls-cert", { tlsCert: "cert.pem" }],
    ["--org", { org: GOLDEN, users: 5 }],
    ["--org", { org: "does-not-exist.json" }],
  ])("refuses a wrong %s", async (flag, flags) => {
    const failing = start(flags);
    await expect(failing).rejects.toSatisfy((error) => isFailure(error, "usage"));
    await expect(failing).rejects.toThrow(flag);
  });

  it("says where an org file is no org", async () => {
    await expect(start({ org: join(folder, "broken.json") })).rejects.toThrow(/broken\.json is not JSON/);
    await writeFile(join(folder, "empty.json"), "{}");
    await expect(start({ org: join(folder, "empty.json") })).rejects.toSatisfy((error) => isFailure(error, "usage"));
  });
});
