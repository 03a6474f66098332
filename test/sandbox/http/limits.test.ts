import { describe, expect, it } from "vitest";
import { type Bucket, bucketOf, concurrencyOf, RateLimits } from "../../../src/sandbox/http/limits.ts";
import { call, handClock, serveFake } from "./fake-org.ts";

const MINUTE = 60_000;

describe("bucketOf", () => {
  it.each([
    ["/api/v1/users", "/api/v1/users"],
    ["/api/v1/users/{userId}", "/api/v1/users/{id}"],
    ["/api/v1/users/{userId}/roles", "/api/v1/*"],
    ["/api/v1/users/{userId}/groups", "/api/v1/*"],
    ["/api/v1/groups", "/api/v1/groups/*"],
    ["/api/v1/groups/{groupId}", "/api/v1/groups/{id}"],
    ["/api/v1/groups/{groupId}/users/{userId}", "/api/v1/groups/*"],
    ["/api/v1/groups/{groupId}/apps", "/api/v1/groups/*"],
    ["/api/v1/groups/rules", "/api/v1/groups/*"],
    ["/api/v1/apps", "/api/v1/apps/*"],
    ["/api/v1/apps/{appId}", "/api/v1/apps/*"],
    ["/api/v1/apps/{appId}/users", "/api/v1/apps/*"],
    ["/api/v1/iam/resource-sets", "/api/v1/*"],
    ["/api/v1/logs", "/api/v1/logs"],
    ["/api/v1/devices/{deviceId}/users", "/api/v1/devices/*"],
    ["/api/v1/api-tokens", "/api/v1/*"],
    ["/nothing", "/api/v1/*"],
    ["/", "/api/v1/*"],
    ["/oauth2/v1/token", "/oauth2/v1/*"],
  ])("%s counts in %s", (pattern, bucket) => {
    expect(bucketOf(pattern)).toBe(bucket);
  });
});

describe("RateLimits", () => {
  it("counts down in fixed windows that start at multiples of their length", () => {
    const limits = new RateLimits("default", MINUTE);
    const start = 30_000_000 * MINUTE;
    expect(limits.take("/api/v1/apps/*", start + 59_000)).toEqual({
      limit: 100,
      remaining: 99,
      resetAt: start + MINUTE,
      refused: false,
    });
    for (let taken = 1; taken < 100; taken++) {
      expect(limits.take("/api/v1/apps/*", start + 59_000).refused).toBe(false);
    }
    expect(limits.take("/api/v1/apps/*", start + 59_999)).toMatchObject({ remaining: 0, refused: true });
    expect(limits.take("/api/v1/logs", start + 59_999)).toMatchObject({ remaining: 119, refused: false });
    expect(limits.take("/api/v1/apps/*", start + MINUTE)).toMatchObject({ remaining: 99, refused: false });
  });

  it.each([
    ["default", { "/api/v1/apps/*": 100, "/api/v1/groups/*": 500, "/api/v1/groups/{id}": 1000, "/api/v1/logs": 120 }],
    ["enterprise", { "/api/v1/apps/*": 100, "/api/v1/groups/*": 600, "/api/v1/devices/*": 150, "/api/v1/logs": 50 }],
    ["integrator", { "/api/v1/apps/*": 20, "/api/v1/groups/*": 100, "/api/v1/users/{id}": 100, "/api/v1/*": 100 }],
  ] as const)("knows the limits of an org of kind %s", (setting, expected) => {
    const limits = new RateLimits(setting, MINUTE);
    for (const [bucket, limit] of Object.entries(expected)) {
      expect(limits.take(bucket as Bucket, 0).limit).toBe(limit);
    }
  });

  it.each([
    ["default", 75],
    [0.1, 75],
    ["enterprise", 75],
    ["integrator", 35],
    ["off", Number.POSITIVE_INFINITY],
  ] as const)("lets %s have %d calls under way at a time", (setting, most) => {
    expect(concurrencyOf(setting)).toBe(most);
  });

  it("scales the limits by a factor, never below one", () => {
    expect(new RateLimits(0.5, MINUTE).take("/api/v1/users", 0).limit).toBe(300);
    expect(new RateLimits(0.0001, MINUTE).take("/api/v1/apps/*", 0)).toMatchObject({ limit: 1, remaining: 0 });
  });

  it("refuses nothing when off", () => {
    const limits = new RateLimits("off", MINUTE);
    for (let taken = 0; taken < 2000; taken++) {
      expect(limits.take("/api/v1/apps/*", 0).refused).toBe(false);
    }
  });
});

describe("rate limits over HTTP", () => {
  it("stand on every answer, and beyond them is 429 until the window ends by the server's clock", async () => {
    const clock = handClock(1_800_000_000_000);
    const sandbox = await serveFake({ clock, limits: 0.02, windowMs: MINUTE });
    const reset = 1_800_000_060;
    for (const remaining of ["1", "0"]) {
      const answer = await call(sandbox, "/api/v1/apps");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-rate-limit-limit")).toBe("2");
      expect(answer.headers.get("x-rate-limit-remaining")).toBe(remaining);
      expect(answer.headers.get("x-rate-limit-reset")).toBe(String(reset));
      expect(Date.parse(answer.headers.get("date")!)).toBe(1_800_000_000_000);
    }
    const refused = await call(sandbox, "/api/v1/apps");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-rate-limit-remaining")).toBe("0");
    expect(await refused.json()).toMatchObject({
      errorCode: "E0000047",
      errorSummary: "API call exceeded rate limit due to too many requests.",
      errorLink: "E0000047",
      errorCauses: [],
    });
    expect((await call(sandbox, "/api/v1/groups")).status).toBe(200);
    expect((await call(sandbox, "/api/v1/apps/0oa1/users")).status).toBe(429);
    clock.time = reset * 1000;
    expect((await call(sandbox, "/api/v1/apps")).status).toBe(200);
    expect(sandbox.calls()).toMatchObject({ total: 6, refused: 2 });
  });

  it("count calls with wrong credentials, too", async () => {
    const sandbox = await serveFake({ clock: handClock() });
    const answer = await call(sandbox, "/api/v1/apps", { headers: { authorization: "SSWS wrong" } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("x-rate-limit-remaining")).toBe("99");
  });

  it("say nothing of the bucket when too many calls are under way", async () => {
    const sandbox = await serveFake({ concurrency: 2 });
    sandbox.intercept(({ url }) => (url.includes("hang") ? "hang" : undefined));
    const leave = new AbortController();
    const held = [1, 2].map((n) => call(sandbox, `/api/v1/users?hang=${n}`, { signal: leave.signal }).catch(() => {}));
    await expect.poll(() => sandbox.calls().peakConcurrency).toBe(2);
    const refused = await call(sandbox, "/api/v1/users");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-rate-limit-limit")).toBe("0");
    expect(refused.headers.get("x-rate-limit-remaining")).toBe("0");
    expect(await refused.json()).toMatchObject({ errorCode: "E0000047" });
    leave.abort();
    await Promise.all(held);
    await expect.poll(() => sandbox.calls().lost).toBe(2);
    const allowed = await call(sandbox, "/api/v1/users");
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("x-rate-limit-remaining")).toBe("597");
  });
});
