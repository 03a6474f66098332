import { describe, expect, it } from "vitest";
import { FAULT_KINDS, type FaultKind, Faults } from "../../../src/sandbox/http/faults.ts";
import { call, serveFake } from "./fake-org.ts";

const USERS = "/api/v1/users";

function fates(faults: Faults, urls: readonly string[]): (FaultKind | undefined)[] {
  return urls.map((url) => faults.next("GET", USERS, url)?.kind);
}

describe("Faults", () => {
  const urls = Array.from({ length: 2000 }, (_, n) => `${USERS}?after=${n}`);

  it("hit about as many calls as the rate says, with every kind", () => {
    const hit = fates(new Faults({ rate: 0.2 }), urls).filter((kind) => kind !== undefined);
    expect(hit.length).toBeGreaterThan(340);
    expect(hit.length).toBeLessThan(460);
    expect(new Set(hit)).toEqual(new Set(FAULT_KINDS));
  });

  it("are the same for the same seed, in whatever order calls come", () => {
    const plan = { rate: 0.3, seed: 7 };
    const forth = fates(new Faults(plan), urls);
    expect(fates(new Faults(plan), urls.toReversed()).reverse()).toEqual(forth);
    expect(fates(new Faults({ ...plan, seed: 8 }), urls)).not.toEqual(forth);
  });

  it("let a call through sooner or later when it is tried again", () => {
    const faults = new Faults({ rate: 0.5 });
    for (const url of urls.slice(0, 200)) {
      const tries = fates(faults, Array(20).fill(url));
      expect(tries).toContain(undefined);
    }
  });

  it("keep to methods, kinds and patterns", () => {
    const always = new Faults({ rate: 1, kinds: ["cut"], patterns: [USERS] });
    expect(always.next("GET", USERS, USERS)).toEqual({ kind: "cut" });
    expect(always.next("GET", "/api/v1/groups", "/api/v1/groups")).toBeUndefined();
    expect(always.next("POST", USERS, USERS)).toBeUndefined();
    expect(new Faults({ rate: 1, kinds: ["503"], methods: ["POST"] }).next("POST", USERS, USERS)?.kind).toBe("503");
  });
});

describe("faults over HTTP", () => {
  it.each([
    ["500", 500, "E0000009"],
    ["503", 503, "E0000010"],
    ["429", 429, "E0000047"],
  ] as const)("%s is an error of Okta's form", async (kind, status, errorCode) => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: [kind] } });
    const answer = await call(sandbox, USERS);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ errorCode, errorLink: errorCode, errorCauses: [] });
    expect(answer.headers.get("x-rate-limit-limit")).toBe("600");
  });

  it("a 429 by fault has an end within a second", async () => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: ["429"] } });
    const { headers } = await call(sandbox, USERS);
    expect(headers.get("x-rate-limit-remaining")).toBe("0");
    const wait = Number(headers.get("x-rate-limit-reset")) * 1000 - Date.parse(headers.get("date")!);
    expect(wait).toBe(1000);
  });

  it("a reset breaks the connection before any answer", async () => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: ["reset"] } });
    await expect(call(sandbox, USERS)).rejects.toThrow();
    await expect.poll(() => sandbox.calls().lost).toBe(1);
  });

  it("a cut breaks it in the middle of the body", async () => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: ["cut"] } });
    const answer = await call(sandbox, USERS);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(() => sandbox.calls().lost).toBe(1);
  });

  it("a hang answers nothing until the client leaves", async () => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: ["hang"] } });
    const leave = new AbortController();
    const hanging = call(sandbox, USERS, { signal: leave.signal });
    await expect.poll(() => sandbox.calls().peakConcurrency).toBe(1);
    leave.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(() => sandbox.calls().lost).toBe(1);
  });

  it("spare writes unless told otherwise", async () => {
    const sandbox = await serveFake({ faults: 1 });
    expect((await call(sandbox, USERS, { method: "POST" })).status).toBe(200);
  });
});

describe("interceptors", () => {
  it("choose a request and its fate, and win over the plan", async () => {
    const sandbox = await serveFake({ faults: { rate: 1, kinds: ["500"] } });
    const stop = sandbox.intercept(({ url }) =>
      url.includes("mine") ? { status: 418, body: { own: true } } : undefined,
    );
    const own = await call(sandbox, `${USERS}?mine=1`);
    expect([own.status, await own.json()]).toEqual([418, { own: true }]);
    expect((await call(sandbox, USERS)).status).toBe(500);
    stop();
    expect((await call(sandbox, `${USERS}?mine=1`)).status).toBe(500);
  });

  it("may let a write take effect and lose its answer", async () => {
    const sandbox = await serveFake();
    const bodies: string[] = [];
    sandbox.onRequest(({ method, pattern, body }) => bodies.push(`${method} ${pattern} ${body}`));
    sandbox.intercept(({ method }) => (method === "POST" ? { kind: "503", applied: true } : undefined));
    const init = { method: "POST", body: '{"a":1}', headers: { "content-type": "application/json" } };
    expect((await call(sandbox, USERS, init)).status).toBe(503);
    expect(bodies).toEqual([`POST ${USERS} {"a":1}`]);
  });
});
