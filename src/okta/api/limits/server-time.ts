import type { Clock } from "../../../runtime/clock.ts";

/** A time that the server gave, and when it came by a clock that nobody sets: `performance.now()`. */
export interface SeenDate {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly monotonicMs: number;
}

/**
 * The server's time, learned from the `Date` headers of its answers: windows of rate limits and the times in signed
 * proofs count by it, whatever the local clock says.
 *
 * A `Date` has whole seconds and was written some time before it arrived, so each answer only gives bounds of the
 * offset. The highest lower bound is kept: the time given is never ahead of the server's.
 */
export class ServerTime {
  readonly #clock: Clock;
  #offset: number | undefined;
  #seen: SeenDate | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes in the `Date` header of an answer to a request sent at `sentAt` (local, milliseconds), just received. */
  observe(date: string | undefined, sentAt: number): void {
    const at = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(at)) {
      return;
    }
    this.#seen = { at, monotonicMs: performance.now() };
    const lowest = at - this.#clock.now();
    const highest = at + 1000 - sentAt;
    // An offset above the highest possible one means that one of the clocks was set: start anew.
    if (this.#offset === undefined || lowest > this.#offset || this.#offset > highest) {
      this.#offset = lowest;
    }
  }

  /** The last `Date` that came; `undefined` before the first answer. */
  get seen(): SeenDate | undefined {
    return this.#seen;
  }

  /** Milliseconds since the Unix epoch by the server's clock, as far as it is known; else by the local one. */
  now(): number {
    return this.#clock.now() + (this.#offset ?? 0);
  }

  /** How far the server's clock is ahead of the local one, in milliseconds; 0 before the first answer. */
  get offset(): number {
    return this.#offset ?? 0;
  }
}
