import { type Clock, systemClock } from "../clock.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Log } from "../log/log.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";

/** What can be asked of a running program. */
export const HEALTH_ENDPOINTS = ["health", "ready", "live"] as const;

export type HealthEndpoint = (typeof HEALTH_ENDPOINTS)[number];

/** What is answered, as platforms and the Baton command line read it. */
export interface HealthAnswer {
  readonly ok: boolean;
  readonly body: {
    readonly status: string;
    /** RFC 3339. */
    readonly timestamp: string;
    readonly details?: Readonly<Record<string, string>>;
  };
}

/** Proves that something works, or throws. It has to come to its end by itself where the signal aborts. */
export type Check = (limits: { readonly signal: AbortSignal; readonly deadline: number }) => Promise<void>;

/** How healthy a long run is. */
export interface Health {
  /** Adds something that has to work for the program to be ready; `vital`: for it to be healthy as well. */
  add(name: string, check: Check, options?: { readonly vital?: boolean }): void;
  /** The work itself has just shown that it works: it need not be tried for a while. */
  proven(name: string): void;
  /** The program is about to end: it is no longer ready. */
  stopping(): void;
  ask(endpoint: HealthEndpoint): Promise<HealthAnswer>;
}

/** How often and how long is tried, in milliseconds. */
export interface HealthTimes {
  /** How long a good result holds. */
  readonly good: number;
  /** How long a bad one holds. */
  readonly bad: number;
  /** How long a try may take. */
  readonly limit: number;
  /** How long whoever asks waits for a try before the last result is answered. */
  readonly patience: number;
  /** How long a good result is answered while a try goes on. */
  readonly stale: number;
}

/** Probes come every few seconds and wait for one; a check must cost the other side next to nothing. */
const TIMES: HealthTimes = { good: 5000, bad: 2000, limit: 10_000, patience: 800, stale: 20_000 };

/** What a health works with. */
export interface HealthDeps {
  readonly log: Log;
  readonly clock?: Clock;
  readonly metrics?: Metrics;
  readonly times?: Partial<HealthTimes>;
}

interface Result {
  readonly error: unknown;
  readonly at: number;
}

interface Entry {
  readonly name: string;
  readonly check: Check;
  readonly vital: boolean;
  last: Result | undefined;
  running: Promise<void> | undefined;
}

const WORDS: Readonly<Record<HealthEndpoint, readonly [good: string, bad: string]>> = {
  health: ["healthy", "unhealthy"],
  ready: ["ready", "not_ready"],
  live: ["alive", "dead"],
};

/** Makes a health without anything to check: it is alive, and neither ready nor healthy before something is added. */
export function createHealth({ log, clock = systemClock, metrics = noMetrics, times }: HealthDeps): Health {
  const limits = { ...TIMES, ...times };
  const entries = new Map<string, Entry>();
  let ending = false;

  /** One try at a time, whoever asks. */
  function tried(entry: Entry): Promise<void> {
    entry.running ??= attempt(entry).finally(() => {
      entry.running = undefined;
    });
    return entry.running;
  }

  async function attempt(entry: Entry): Promise<void> {
    const late = new AbortController();
    const done = new AbortController();
    const timedOut = clock.sleep(limits.limit, done.signal).then(
      () => {
        const failure = new Failure({ kind: "deadlineExceeded", message: `no result within ${limits.limit / 1000} s` });
        late.abort(failure);
        throw failure;
      },
      () => {},
    );
    let error: unknown;
    try {
      await Promise.race([
        entry.check({ signal: late.signal, deadline: clock.now() + limits.limit }),
        timedOut.then(() => new Promise<never>(() => {})),
      ]);
    } catch (caught) {
      error = caught ?? new Error("failed");
    } finally {
      done.abort();
    }
    const before = entry.last;
    entry.last = { error, at: clock.now() };
    metrics.check(entry.name, error === undefined);
    if (error !== undefined && (before === undefined || before.error === undefined)) {
      log.warn("not ready: a check fails", { check: entry.name, error: describe(error) });
    } else if (error === undefined && before?.error !== undefined) {
      log.info("ready again", { check: entry.name });
    }
  }

  function isFresh({ last }: Entry): boolean {
    if (last === undefined) return false;
    return clock.now() - last.at < (last.error === undefined ? limits.good : limits.bad);
  }

  /** Why the entry does not work; `undefined` where it does. */
  async function wrong(entry: Entry): Promise<string | undefined> {
    if (!isFresh(entry)) {
      const trial = tried(entry);
      if (entry.last === undefined) await trial;
      else await within(trial, limits.patience);
    }
    const { last } = entry;
    if (last?.error !== undefined) return describe(last.error);
    return last !== undefined && clock.now() - last.at < limits.stale ? undefined : "no answer for a while";
  }

  async function within(trial: Promise<void>, ms: number): Promise<void> {
    const done = new AbortController();
    await Promise.race([trial, clock.sleep(ms, done.signal).catch(() => {})]);
    done.abort();
  }

  async function detailsOf(asked: readonly Entry[]): Promise<{ ok: boolean; details: Record<string, string> }> {
    const results = await Promise.all(asked.map(async (entry) => [entry.name, await wrong(entry)] as const));
    const details = Object.fromEntries(results.map(([name, why]) => [name, why ?? "ok"]));
    return { ok: asked.length > 0 && results.every(([, why]) => why === undefined), details };
  }

  return {
    add(name, check, { vital = false } = {}) {
      entries.set(name, { name, check, vital, last: undefined, running: undefined });
    },
    proven(name) {
      const entry = entries.get(name);
      // Only a check can tell that something works again; the work tells that it still does.
      if (entry?.last !== undefined && entry.last.error === undefined)
        entry.last = { error: undefined, at: clock.now() };
    },
    stopping() {
      ending = true;
    },
    async ask(endpoint) {
      const timestamp = () => new Date(clock.now()).toISOString();
      const [good, bad] = WORDS[endpoint];
      if (endpoint === "live") return { ok: true, body: { status: good, timestamp: timestamp() } };
      if (endpoint === "ready" && ending) {
        return { ok: false, body: { status: bad, timestamp: timestamp(), details: { program: "it is about to end" } } };
      }
      const asked = [...entries.values()].filter(({ vital }) => endpoint === "ready" || vital);
      const { ok, details } = await detailsOf(asked);
      if (asked.length === 0) details.program = "it is starting";
      return { ok, body: { status: ok ? good : bad, timestamp: timestamp(), details } };
    },
  };
}

/** What a failed check says. Only failures have texts that are known to hold no secret. */
function describe(error: unknown): string {
  return isFailure(error) ? error.message : "the check failed";
}
