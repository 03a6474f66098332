import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ClientEvent } from "../../../src/okta/api/client.ts";
import { Gate } from "../../../src/okta/api/limits/gate.ts";
import { ServerTime } from "../../../src/okta/api/limits/server-time.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import { FakeClock, FastClock } from "./fake-clock.ts";
import { aCall, clientOf, json, oktaError, rejection, serve } from "./okta-server.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The headers of a refusal at `now` (milliseconds), and when to come back. */
function refusal(now: number, headers: Record<string, string>): Record<string, string> {
  return {
    date: new Date(now).toUTCString(),
    "x-rate-limit-limit": "600",
    "x-rate-limit-remaining": "0",
    ...headers,
  };
}

const seconds = (ms: number) => String(Math.floor(ms / 1000));

describe("what a refusal says of when to come back", () => {
  const cases: [string, (now: number) => Record<string, string>, number][] = [
    ["an hour away", (now) => refusal(now, { "x-rate-limit-reset": seconds(now + HOUR) }), MINUTE],
    ["in milliseconds", (now) => refusal(now, { "x-rate-limit-reset": String(now + 20_000) }), 20_000],
    ["in the year 5138", (now) => refusal(now, { "x-rate-limit-reset": "99999999999" }), MINUTE],
    ["no number that a date can hold", (now) => refusal(now, { "x-rate-limit-reset": "9".repeat(400) }), MINUTE],
    ["a Retry-After of 317 years", (now) => refusal(now, { "retry-after": "9999999999" }), MINUTE],
    [
      "a Retry-After with a date far ahead",
      (now) => refusal(now, { "retry-after": new Date(now + 9 * HOUR).toUTCString() }),
      MINUTE,
    ],
    [
      "right, beside a Date five hours behind",
      (now) => refusal(now - 5 * HOUR, { "x-rate-limit-reset": seconds(now + 20_000) }),
      20_000,
    ],
    [
      "right, beside a Date five hours ahead",
      (now) => refusal(now + 5 * HOUR, { "x-rate-limit-reset": seconds(now + 20_000) }),
      20_000,
    ],
  ];
  test.each(cases)("%s: a minute is waited at most, and it is named", async (_, headersAt, atMost) => {
    const clock = new FastClock();
    const server = await serve((_, response, n) =>
      n === 0
        ? json(response, oktaError("E0000047", "limit"), 429, headersAt(clock.now()))
        : json(response, {}, 200, { date: new Date(clock.now()).toUTCString() }),
    );
    const events: ClientEvent[] = [];
    const client = clientOf(server.url, { clock, log: (event) => events.push(event) });
    await client.get("/api/v1/users/1", aCall());
    const slept = clock.slept.reduce((sum, ms) => sum + ms, 0);
    expect(slept).toBeLessThanOrEqual(atMost + 1_500);
    expect(slept).toBeGreaterThanOrEqual(atMost - 1_500);
    // No timer that goes round and round.
    expect(clock.slept.length).toBeLessThan(10);
    expect(server.seen).toHaveLength(2);
    expect(events.filter((event) => event.level === "warn")).toMatchObject([
      { message: expect.stringContaining("implausible") },
    ]);
  });

  test("an answer with an end an hour away holds its pattern back for a minute at most", async () => {
    const clock = new FastClock();
    const server = await serve((_, response) =>
      json(response, {}, 200, refusal(clock.now(), { "x-rate-limit-reset": seconds(clock.now() + HOUR) })),
    );
    const client = clientOf(server.url, { clock });
    await client.get("/api/v1/users/1", aCall());
    await client.get("/api/v1/users/2", aCall());
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(MINUTE + 1_500);
    expect(clock.slept.length).toBeLessThan(10);
  });

  test("a server whose clock is set back while a window is waited for opens within a minute", async () => {
    const clock = new FakeClock();
    const serverTime = new ServerTime(clock);
    const gate = new Gate({ clock, serverTime, share: 0.8, concurrency: 35 });
    const pass = await gate.enter("/users", aCall());
    const resetAt = clock.now() + 30_000;
    pass.release({ kind: "limited", limit: { limit: 600, remaining: 0, resetAt }, until: resetAt });
    serverTime.observe(new Date(clock.now() - 5 * HOUR).toUTCString(), clock.now());
    let through = false;
    const next = gate.enter("/users", aCall()).then(() => {
      through = true;
    });
    await clock.advance(MINUTE + 1_000);
    expect(through).toBe(true);
    await next;
  });
});

describe("a storm of refusals", () => {
  const storms: [string, Record<string, string>][] = [
    ["without any header", {}],
    ["with a Retry-After of 0", { "retry-after": "0" }],
    [
      "with a window that is over",
      { "x-rate-limit-limit": "600", "x-rate-limit-remaining": "1", "x-rate-limit-reset": "1" },
    ],
    ["for concurrency", { "x-rate-limit-limit": "0", "x-rate-limit-remaining": "0" }],
  ];
  test.each(storms)("%s of ten minutes is outlasted, more and more patiently", async (_, headers) => {
    const clock = new FastClock();
    const startedAt = clock.now();
    const server = await serve((_, response) =>
      clock.now() - startedAt < 10 * MINUTE ? json(response, {}, 429, headers) : json(response, { id: "1" }),
    );
    expect(await clientOf(server.url, { clock }).get("/api/v1/users/1", aCall())).toEqual({ id: "1" });
    expect(server.seen.length).toBeLessThan(80);
    expect(server.seen.length).toBeGreaterThan(20);
  });

  test("that does not end is a failure in the end", async () => {
    const clock = new FastClock();
    const startedAt = clock.now();
    const server = await serve((_, response) => json(response, oktaError("E0000047", "limit"), 429));
    const error = await rejection(clientOf(server.url, { clock }).get("/api/v1/users/1", aCall()));
    expect(error).toMatchObject({ kind: "unavailable", answer: { status: 429 } });
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(clock.now() - startedAt).toBeLessThan(31 * MINUTE);
  });

  test("ends with the caller", async () => {
    const cancel = new AbortController();
    const server = await serve((_, response) => json(response, {}, 429, { "retry-after": "50" }));
    const waiting = clientOf(server.url).get("/api/v1/users/1", aCall({ signal: cancel.signal }));
    await expect.poll(() => server.seen.length).toBe(1);
    cancel.abort();
    expect(isFailure(await rejection(waiting), "cancelled")).toBe(true);
  });

  test("of the token endpoint is outlasted, whatever it says of an end", async () => {
    const clock = new FastClock();
    const startedAt = clock.now();
    const server = await serve((request, response, n) => {
      if (request.url !== "/oauth2/v1/token") {
        json(response, []);
      } else if (clock.now() - startedAt < 10 * MINUTE) {
        const ends = [{}, { "retry-after": "9999999999" }, { "x-rate-limit-reset": "99999999999" }];
        json(response, {}, 429, ends[n % 3]);
      } else {
        json(response, { access_token: "at1", token_type: "Bearer", expires_in: 600 });
      }
    });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const credentials = { kind: "oauthKey", clientId: "0oa1", key: privateKey, scopes: ["okta.groups.read"] } as const;
    await clientOf(server.url, { clock, credentials }).list("/api/v1/groups", aCall());
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(MINUTE);
    expect(server.seen.length).toBeLessThan(40);
  });
});
