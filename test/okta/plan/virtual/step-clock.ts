import type { Clock } from "../../../../src/runtime/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop without anything under way after which nothing more happens without time passing. */
const QUIET_TURNS = 4;

/**
 * A clock whose time passes only when nothing else happens: it goes to the next time that somebody sleeps until, once no
 * request is on its way. What is measured with it does not depend on how fast the machine is.
 */
export class StepClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();
  #stopped = false;

  /** Starts with a minute. */
  constructor(now = Date.parse("2026-03-02T09:00:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Lets time pass until {@link stop}; `underWay`: how many requests are on their way, neither answered nor held by a sleep. */
  async run(underWay: () => number): Promise<void> {
    let quiet = 0;
    while (!this.#stopped) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = underWay() === 0 ? quiet + 1 : 0;
      if (quiet < QUIET_TURNS) continue;
      quiet = 0;
      this.#step();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #step(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#sleepers) next = Math.min(next, at);
    if (next === Number.POSITIVE_INFINITY) return;
    this.#now = Math.max(this.#now, next);
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
