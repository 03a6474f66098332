import type { Pool } from "./pool.ts";

/** Into how many parts a window is divided: after each of them it is looked at once more what others have left. */
const LOOKS = 12;

/**
 * What of a window is left to others. It shrinks as the window ends, as what nobody uses is lost to all: others who use
 * their part evenly need of it, at any time, no more than the part of the window that is still to come.
 *
 * That part is taken at the time of the answer that showed what remains, since others may have used some of it since. So
 * that one may look again later, one request is kept back: it is never taken from what others may need. Once a request was
 * refused all the same, the reserve stays whole.
 */
export class Reserve {
  readonly #pool: Pool;
  readonly #whole: number;

  /** `whole`: requests that are left to others at the start of a window. */
  constructor(pool: Pool, whole: number) {
    this.#pool = pool;
    this.#whole = whole;
  }

  /** How many requests are to remain: what others may need, and the one that is kept back. */
  left(): number {
    return this.#whole === 0 || this.#pool.refused ? this.#whole : this.#needed() + 1;
  }

  /** Whether the request that was kept back is there, when so many remain. */
  isSpare(remaining: number): boolean {
    return this.#pool.resetAt !== 0 && !this.#pool.refused && remaining > this.#needed();
  }

  /**
   * When it may be used to look at what is left, by the server's clock: not before another one could be kept back, were
   * the others found to have used nothing since, or where the window all but ends.
   */
  lookAt(remaining: number): number {
    const { firstSeenAt, resetAt, seenAt } = this.#pool;
    const window = resetAt - firstSeenAt;
    const part = this.#whole === 0 ? 1 : Math.min(1, Math.max(1 / LOOKS, (remaining - 2) / this.#whole));
    return Math.max(seenAt + window / LOOKS, resetAt - part * window);
  }

  #needed(): number {
    return Math.ceil(Math.round(this.#part() * this.#whole * 1e6) / 1e6);
  }

  /** The part of the window that was still to come, by what is known of its start. */
  #part(): number {
    const { resetAt, firstSeenAt, seenAt } = this.#pool;
    if (resetAt === 0 || resetAt <= firstSeenAt) return 1;
    return Math.min(1, Math.max(0, (resetAt - seenAt) / (resetAt - firstSeenAt)));
  }
}
