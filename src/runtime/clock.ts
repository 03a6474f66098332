/**
 * Where time comes from. Everything that waits or compares times takes one of these, so that windows, backoffs and
 * expiries are tested without waiting.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds (at once where that is zero or less).
   * Rejects with the signal's reason as soon as the signal aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time that a timer of Node takes, in milliseconds: one that is given more fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      let timer: NodeJS.Timeout | undefined;
      let left = Math.max(0, ms);
      const wait = () => {
        if (left === 0 && timer !== undefined) {
          signal?.removeEventListener("abort", stop);
          resolve();
          return;
        }
        const part = Math.min(left, MAX_TIMER_MS);
        left -= part;
        timer = setTimeout(wait, part);
      };
      wait();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
    });
  },
};
