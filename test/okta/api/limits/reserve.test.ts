import { describe, expect, test } from "vitest";
import { Gate, type Outcome } from "../../../../src/okta/api/limits/gate.ts";
import { ServerTime } from "../../../../src/okta/api/limits/server-time.ts";
import { FakeClock } from "../fake-clock.ts";
import { aCall } from "../okta-server.ts";

const WINDOW = 60_000;
const WINDOWS = 4;

/** One bucket that counts in windows as Okta does, and who used it. */
class Server {
  readonly used: { ours: number; others: number }[] = [];
  refused = { ours: 0, others: 0 };
  readonly #clock: FakeClock;
  readonly #limit: number;
  readonly #ownLimit: number;
  readonly #start: number;

  constructor(clock: FakeClock, limit: number, ownLimit: number) {
    this.#ownLimit = ownLimit;
    this.#clock = clock;
    this.#limit = limit;
    this.#start = clock.now();
  }

  take(who: "ours" | "others"): Outcome {
    const at = Math.floor((this.#clock.now() - this.#start) / WINDOW);
    this.used[at] ??= { ours: 0, others: 0 };
    const used = this.used[at];
    const resetAt = this.#start + (at + 1) * WINDOW;
    const total = used.ours + used.others;
    if (total >= this.#limit || (who === "ours" && used.ours >= this.#ownLimit)) {
      this.refused[who]++;
      const remaining = this.#limit - total;
      return { kind: "limited", limit: { limit: this.#limit, remaining, resetAt }, until: resetAt };
    }
    used[who]++;
    return { kind: "answer", limit: { limit: this.#limit, remaining: this.#limit - total - 1, resetAt } };
  }
}

interface Simulation {
  readonly limit: number;
  /** Requests of others in a window, evenly. */
  readonly others: number;
  /** When the first of them comes, as a part of the time between two. */
  readonly phase: number;
  readonly latencyMs: number;
  /** How late what is known of the server's time is. */
  readonly lateMs?: number;
  /** What one token may take of the limit. */
  readonly ownLimit?: number;
  readonly share?: number;
}

/** We want more than there is, for some windows: what each got. */
async function simulate(options: Simulation) {
  const { limit, others, phase, latencyMs } = options;
  const clock = new FakeClock();
  const server = new Server(clock, limit, options.ownLimit ?? limit);
  const serverTime = new ServerTime(clock);
  // A Date has whole seconds: what is known of the server's time may be late.
  serverTime.observe(new Date(clock.now() - (options.lateMs ?? 0)).toUTCString(), clock.now());
  const gate = new Gate({ clock, serverTime, share: options.share ?? 0.8, concurrency: 35 });
  const stop = new AbortController();
  const call = { ...aCall(), signal: stop.signal };
  const worker = async () => {
    for (;;) {
      const slot = await gate.enter("/groups", call);
      await clock.sleep(latencyMs / 2);
      const outcome = server.take("ours");
      await clock.sleep(latencyMs / 2);
      slot.release(outcome);
    }
  };
  const other = async () => {
    if (others === 0) return;
    await clock.sleep((phase * WINDOW) / others);
    for (;;) {
      server.take("others");
      await clock.sleep(WINDOW / others, stop.signal);
    }
  };
  const all = [other(), ...Array.from({ length: 50 }, worker)].map((one) => one.catch(() => {}));
  await clock.advance(WINDOWS * WINDOW - 1);
  stop.abort(new Error("ended"));
  await clock.advance(latencyMs);
  await Promise.all(all);
  return server;
}

const LIMITS = [20, 100, 500];

describe("the reserve for others", () => {
  test.each(
    LIMITS.flatMap((limit) => [0.01, 0.5, 0.99].flatMap((phase) => [40, 400].map((ms) => [limit, phase, ms] as const))),
  )("one that uses a fifth of %i evenly (phase %d, %i ms) meets no refusal, nor do we", async (limit, phase, ms) => {
    const server = await simulate({ limit, others: limit / 5, phase, latencyMs: ms });
    expect(server.refused).toEqual({ ours: 0, others: 0 });
    for (const { ours } of server.used.slice(0, WINDOWS)) expect(ours).toBeGreaterThanOrEqual(0.8 * limit - 2);
  });

  test.each(LIMITS)("what nobody else uses of %i is used before the window ends", async (limit) => {
    const server = await simulate({ limit, others: 0, phase: 0, latencyMs: 40 });
    expect(server.refused).toEqual({ ours: 0, others: 0 });
    for (const { ours } of server.used.slice(0, WINDOWS)) expect(ours).toBeGreaterThanOrEqual(Math.floor(0.95 * limit));
  });

  test("others who use a tenth get it, and we nearly all of the rest", async () => {
    const server = await simulate({ limit: 500, others: 50, phase: 0.5, latencyMs: 40, lateMs: 900 });
    expect(server.refused).toEqual({ ours: 0, others: 0 });
    for (const { ours } of server.used.slice(0, WINDOWS)) expect(ours).toBeGreaterThanOrEqual(430);
  });

  test("whoever keeps below what its token may take is refused in one window at most, and then never takes more", async () => {
    const server = await simulate({ limit: 100, others: 0, phase: 0, latencyMs: 400, ownLimit: 50, share: 0.45 });
    // As many as were under way at once.
    expect(server.refused).toEqual({ ours: 4, others: 0 });
    expect(server.used.slice(1, WINDOWS).map(({ ours }) => ours)).toEqual([45, 45, 45]);
  });
});
