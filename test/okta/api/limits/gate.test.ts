import { describe, expect, test } from "vitest";
import type { RateLimit } from "../../../../src/baton/connector.ts";
import { Gate, type Outcome, type Slot } from "../../../../src/okta/api/limits/gate.ts";
import { ServerTime } from "../../../../src/okta/api/limits/server-time.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";
import { FakeClock, settled } from "../fake-clock.ts";
import { aCall, rejection } from "../okta-server.ts";

const WINDOW = 60_000;

/** A server that counts as Okta does, without HTTP: patterns are counted by the bucket that they map to. */
class Counter {
  readonly limits: Readonly<Record<string, number>>;
  readonly bucketOf: (pattern: string) => string;
  readonly clock: FakeClock;
  readonly used = new Map<string, number>();
  /** The lowest count that each bucket ever had. */
  readonly lowest = new Map<string, number>();
  refused = 0;

  constructor(clock: FakeClock, limits: Record<string, number>, bucketOf: (pattern: string) => string = (p) => p) {
    this.clock = clock;
    this.limits = limits;
    this.bucketOf = bucketOf;
  }

  answer(pattern: string): Outcome {
    const name = this.bucketOf(pattern);
    const limit = this.limits[name]!;
    const window = Math.floor(this.clock.now() / WINDOW);
    const key = `${name} ${window}`;
    const used = (this.used.get(key) ?? 0) + 1;
    this.used.set(key, used);
    this.lowest.set(name, Math.min(this.lowest.get(name) ?? limit, limit - used));
    const seen: RateLimit = { limit, remaining: Math.max(0, limit - used), resetAt: (window + 1) * WINDOW };
    if (used > limit) {
      this.refused++;
      return { kind: "limited", limit: seen, until: seen.resetAt };
    }
    return { kind: "answer", limit: seen };
  }
}

function aGate(clock: FakeClock, options: { share?: number; concurrency?: number } = {}): Gate {
  return new Gate({ clock, serverTime: new ServerTime(clock), share: 0.8, concurrency: 35, ...options });
}

/** One request that takes `latencyMs`: counted by the server half way through. */
async function request(gate: Gate, server: Counter, pattern: string, latencyMs = 40): Promise<Outcome["kind"]> {
  const pass = await gate.enter(pattern, aCall());
  await server.clock.sleep(latencyMs / 2);
  const outcome = server.answer(pattern);
  await server.clock.sleep(latencyMs / 2);
  pass.release(outcome);
  return outcome.kind;
}

const known = (limit: number, remaining: number, resetAt: number): Outcome => ({
  kind: "answer",
  limit: { limit, remaining, resetAt },
});

describe("Gate", () => {
  test("many callers stop at the share of a limit, and take what others leave of it as the window ends", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { "/users": 100 });
    const gate = aGate(clock);
    let done = 0;
    const all = Array.from({ length: 400 }, () => request(gate, server, "/users").then(() => done++));
    await clock.advance(1_000);
    // One is kept back, to look later at what others have left.
    expect(done).toBe(79);
    await clock.advance(WINDOW / 2 - 1_000);
    expect(server.lowest.get("/users")).toBeGreaterThanOrEqual(10);
    await clock.advance(WINDOW / 2 - 1);
    expect(done).toBe(97);
    await clock.advance(4 * WINDOW);
    await Promise.all(all);
    expect(done).toBe(400);
    expect(server.refused).toBe(0);
    expect([...server.used.values()]).toEqual([97, 97, 97, 97, 12]);
  });

  test("an exhausted bucket holds back its own requests only", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { "/apps": 10, "/users": 1000 });
    const gate = aGate(clock, { concurrency: 4 });
    let apps = 0;
    let users = 0;
    const all = [
      ...Array.from({ length: 50 }, () => request(gate, server, "/apps").then(() => apps++)),
      ...Array.from({ length: 300 }, () => request(gate, server, "/users").then(() => users++)),
    ];
    await clock.advance(10_000);
    expect({ apps, users }).toEqual({ apps: 7, users: 300 });
    await clock.advance(6 * WINDOW);
    await Promise.all(all);
    expect(server.refused).toBe(0);
    const view = gate.views().find((v) => v.name === "/apps");
    expect(view).toMatchObject({ calls: 50, refusals: 0, inFlight: 0, waiting: 0, limit: 10 });
    expect(view!.waits).toBeGreaterThanOrEqual(42);
    expect(view!.waitedMs).toBeGreaterThan(WINDOW);
  });

  test("an unknown bucket is probed with one request at a time", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    const passes: Slot[] = [];
    const enter = () => gate.enter("/groups", aCall()).then((pass) => passes.push(pass));
    const all = [enter(), enter(), enter()];
    await settled();
    expect(passes).toHaveLength(1);
    // The probe broke: nothing is known yet, so the next one is a probe again.
    passes[0]!.release({ kind: "broken" });
    await settled();
    expect(passes).toHaveLength(2);
    passes[1]!.release(known(500, 499, clock.now() + WINDOW));
    await Promise.all(all);
    expect(passes).toHaveLength(3);
  });

  test("a probe that hangs is followed by another one, so that it does not hold up its pattern", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    const passes: Slot[] = [];
    const all = Array.from({ length: 4 }, () => gate.enter("/groups", aCall()).then((pass) => passes.push(pass)));
    await clock.advance(4_999);
    expect(passes).toHaveLength(1);
    await clock.advance(2);
    expect(passes).toHaveLength(2);
    await clock.advance(4_000);
    expect(passes).toHaveLength(2);
    passes[1]!.release(known(500, 499, clock.now() + WINDOW));
    await Promise.all(all);
    expect(passes).toHaveLength(4);
  });

  test("a limit that is raised between two windows is used at once", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    (await gate.enter("/users", aCall())).release(known(100, 0, clock.now() + WINDOW));
    await clock.advance(WINDOW + 1_000);
    (await gate.enter("/users", aCall())).release(known(10_000, 9_999, clock.now() + WINDOW));
    let isIn = false;
    const next = gate.enter("/users", aCall()).then((pass) => {
      isIn = true;
      pass.release({ kind: "broken" });
    });
    await clock.advance(1_000);
    expect(isIn).toBe(true);
    await next;
  });

  test("patterns that the server counts together are not let through on stale counts", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { apps: 100 }, () => "apps");
    const gate = aGate(clock);
    const first = request(gate, server, "/apps/{id}/users");
    await clock.advance(40);
    const second = request(gate, server, "/apps/{id}/groups");
    await clock.advance(40);
    await Promise.all([first, second]);
    const users = Array.from({ length: 90 }, () => request(gate, server, "/apps/{id}/users"));
    await clock.advance(1000);
    // By its own last answer this pattern has 98 left.
    const groups = Array.from({ length: 40 }, () => request(gate, server, "/apps/{id}/groups"));
    await clock.advance(1000);
    expect(server.lowest.get("apps")).toBe(21);
    await clock.advance(3 * WINDOW);
    await Promise.all([...users, ...groups]);
    expect(server.refused).toBe(0);
    expect(server.lowest.get("apps")).toBeGreaterThan(0);
  });

  test("patterns that are counted together are found out though they were probed at the same moment", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { groups: 125 }, () => "groups");
    const gate = aGate(clock);
    let done = 0;
    const all = ["/groups/{id}/users", "/groups/{id}/roles", "/groups/{id}/apps"].flatMap((p) =>
      Array.from({ length: 200 }, () => request(gate, server, p).then(() => done++)),
    );
    await clock.advance(WINDOW - 1);
    const done0 = done;
    // One probe for each pattern of which it is not known yet, and then never again.
    expect(done).toBeLessThanOrEqual(124);
    await clock.advance(6 * WINDOW);
    await Promise.all(all);
    expect(server.refused).toBe(0);
    expect([...server.used.values()].slice(1)).toEqual([122, 122, 122, 122, 600 - done0 - 4 * 122]);
  });

  test("one that rests for a window and comes back in a burst is still known to be counted with another", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { apps: 100 }, () => "apps");
    const gate = aGate(clock);
    const all: Promise<unknown>[] = [];
    const send = (p: string, n: number) => {
      for (let i = 0; i < n; i++) {
        all.push(request(gate, server, p));
      }
    };
    send("/a", 5);
    send("/b", 5);
    await clock.advance(2 * WINDOW);
    send("/a", 75);
    await clock.advance(10_000);
    send("/b", 60);
    await clock.advance(1_000);
    // A sixth of the window has passed.
    expect(server.lowest.get("apps")).toBeGreaterThanOrEqual(16);
    await clock.advance(5 * WINDOW);
    await Promise.all(all);
    expect(server.refused).toBe(0);
  });

  test("patterns with the same limit that are counted apart get all of their own", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { "/a": 100, "/b": 100, "/c": 100 });
    const gate = aGate(clock);
    let done = 0;
    const all = ["/a", "/b", "/c"].flatMap((p) =>
      Array.from({ length: 80 }, () => request(gate, server, p).then(() => done++)),
    );
    await clock.advance(WINDOW - 1);
    expect(done).toBe(240);
    await Promise.all(all);
  });

  test("a pattern that was taken for part of another's bucket by chance gets its own when its count shows it", async () => {
    const clock = new FakeClock();
    const server = new Counter(clock, { "/a": 100, "/b": 100 });
    // Somebody else has used 30 of the second one.
    for (let i = 0; i < 30; i++) {
      server.answer("/b");
    }
    const gate = aGate(clock);
    const all: Promise<unknown>[] = [];
    let done = 0;
    const send = (p: string, n: number) => {
      for (let i = 0; i < n; i++) {
        all.push(request(gate, server, p).then(() => done++));
      }
    };
    send("/a", 1);
    await clock.advance(100);
    send("/b", 1);
    await clock.advance(100);
    send("/a", 79);
    send("/b", 49);
    await clock.advance(WINDOW / 2);
    expect(done).toBe(130);
    await Promise.all(all);
    expect(server.lowest).toEqual(
      new Map([
        ["/b", 20],
        ["/a", 20],
      ]),
    );
  });

  test("first come, first served across the buckets that are open", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock, { concurrency: 1 });
    const order: string[] = [];
    const held = await gate.enter("/held", aCall());
    const all = ["/a", "/b", "/a", "/c"].map((p, i) =>
      gate.enter(p, aCall()).then((pass) => {
        order.push(`${p}${i}`);
        pass.release({ kind: "answer", limit: undefined });
      }),
    );
    await settled();
    expect(order).toEqual([]);
    held.release({ kind: "answer", limit: undefined });
    await Promise.all(all);
    expect(order).toEqual(["/a0", "/b1", "/a2", "/c3"]);
  });

  test("a refusal is obeyed until the window ends by the server's clock", async () => {
    const clock = new FakeClock();
    const serverTime = new ServerTime(clock);
    // The server is ten minutes ahead.
    serverTime.observe(new Date(clock.now() + 600_000).toUTCString(), clock.now());
    const gate = new Gate({ clock, serverTime, share: 0.8, concurrency: 35 });
    const pass = await gate.enter("/users", aCall());
    const resetAt = clock.now() + 600_000 + 20_000;
    pass.release({ kind: "limited", limit: { limit: 600, remaining: 0, resetAt }, until: resetAt });
    let through = false;
    const next = gate.enter("/users", aCall()).then(() => {
      through = true;
    });
    await clock.advance(19_999);
    expect(through).toBe(false);
    await clock.advance(200);
    expect(through).toBe(true);
    await next;
    expect(gate.views()[0]).toMatchObject({ refusals: 1 });
  });

  test("a refusal for concurrency changes no bucket, and lowers how many run at once for a while", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock, { concurrency: 8 });
    const reset = clock.now() + WINDOW;
    (await gate.enter("/users", aCall())).release(known(600, 599, reset));
    const before = gate.views()[0]!;
    const passes = await Promise.all(Array.from({ length: 8 }, () => gate.enter("/users", aCall())));
    for (const pass of passes) {
      pass.release({ kind: "crowded" });
    }
    expect(gate.views()[0]).toMatchObject({
      limit: before.limit,
      remaining: before.remaining,
      resetAt: before.resetAt,
    });
    const running: Slot[] = [];
    for (let i = 0; i < 100; i++) {
      gate.enter("/users", aCall()).then(
        (pass) => running.push(pass),
        () => {},
      );
    }
    await settled();
    // One burst of refusals halves it once, not eight times.
    expect(running).toHaveLength(4);
    for (let i = 0; i < 80; i++) {
      running.shift()!.release(known(600, 590 - i, reset));
      await settled();
    }
    expect(gate.inFlight).toBe(8);
  });

  test("whoever waits can be cancelled, and takes nothing along", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    (await gate.enter("/logs", aCall())).release(known(10, 2, clock.now() + WINDOW));
    const cancel = new AbortController();
    const waiting = gate.enter("/logs", aCall({ signal: cancel.signal }));
    const other = gate.enter("/logs", aCall());
    await settled();
    expect(gate.views()[0]!.waiting).toBe(2);
    cancel.abort(new Error("enough"));
    expect(await rejection(waiting)).toMatchObject({ message: "enough" });
    expect(gate.views()[0]!.waiting).toBe(1);
    await clock.advance(WINDOW + 1000);
    (await other).release({ kind: "broken" });
    expect(gate.inFlight).toBe(0);
    expect(clock.sleeping).toBe(0);
    expect(await rejection(gate.enter("/logs", aCall({ signal: AbortSignal.abort(new Error("gone")) })))).toMatchObject(
      {
        message: "gone",
      },
    );
  });

  test("a wait beyond the call's deadline fails at once and says when to come back", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    (await gate.enter("/logs", aCall())).release(known(10, 2, clock.now() + 30_000));
    const error = await rejection(gate.enter("/logs", aCall({ deadline: clock.now() + 10_000 })));
    expect(isFailure(error, "unavailable")).toBe(true);
    expect(error).toMatchObject({ retryAfterMs: 30_100 });
    // With more time it waits.
    const patient = gate.enter("/logs", aCall({ deadline: clock.now() + 40_000 }));
    await clock.advance(31_000);
    await patient;
  });

  test("answers of the last window that come late do not touch the new one", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    const reset = clock.now() + 1000;
    (await gate.enter("/users", aCall())).release(known(10, 9, reset));
    const late = await gate.enter("/users", aCall());
    await clock.advance(1500);
    const fresh = await gate.enter("/users", aCall());
    fresh.release(known(10, 9, reset + WINDOW));
    late.release(known(10, 2, reset));
    expect(gate.views()[0]).toMatchObject({ remaining: 9, resetAt: reset + WINDOW });
  });

  test("requests that break count as used, and never lock a bucket for good", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    (await gate.enter("/users", aCall())).release(known(4, 3, clock.now() + 1000));
    for (let i = 0; i < 20; i++) {
      const entered = gate.enter("/users", aCall());
      await clock.advance(1500);
      (await entered).release({ kind: "broken" });
    }
    expect(gate.views()[0]).toMatchObject({ calls: 21, inFlight: 0 });
  });

  test("a server without limits is not held back", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock);
    (await gate.enter("/users", aCall())).release({ kind: "answer", limit: undefined });
    const passes = await Promise.all(Array.from({ length: 35 }, () => gate.enter("/users", aCall())));
    expect(passes).toHaveLength(35);
  });
});

describe("clients", () => {
  test("that has many requests waiting does not stand before another's first ones", async () => {
    const clock = new FakeClock();
    const gate = aGate(clock, { concurrency: 1 });
    const order: string[] = [];
    const enter = async (client: string) => {
      const pass = await gate.enter("/users", aCall(), gate.ticket(client));
      order.push(client);
      await clock.sleep(10);
      pass.release(known(100_000, 90_000, clock.now() + WINDOW));
    };
    const many = Array.from({ length: 50 }, () => enter("greedy"));
    await clock.advance(100);
    const few = Array.from({ length: 3 }, () => enter("modest"));
    await clock.advance(10_000);
    await Promise.all([...many, ...few]);
    const places = order.flatMap((client, at) => (client === "modest" ? [at] : []));
    // They came when some ten were through: each of them goes in turn with one of the other's.
    expect(places.at(-1)).toBeLessThan(20);
    expect(order).toHaveLength(53);
  });
});

describe("ServerTime", () => {
  test("is never ahead of the server, and gets closer with each answer", () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1, 0, 0, 0, 900));
    const time = new ServerTime(clock);
    // The server is exactly 1 h ahead; its Date loses the 900 ms.
    time.observe(new Date(clock.now() + 3_600_000).toUTCString(), clock.now());
    expect(time.offset).toBe(3_600_000 - 900);
  });

  test("follows when a clock is set", async () => {
    const clock = new FakeClock();
    const time = new ServerTime(clock);
    time.observe(new Date(clock.now() + 60_000).toUTCString(), clock.now());
    expect(time.offset).toBe(60_000);
    time.observe(new Date(clock.now()).toUTCString(), clock.now());
    expect(time.offset).toBe(0);
    time.observe("no date", clock.now());
    time.observe(undefined, clock.now());
    expect(time.offset).toBe(0);
  });
});
