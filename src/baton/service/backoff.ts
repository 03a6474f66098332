/** The maxMs pause between attempts at `Hello` and between polls, in milliseconds. */
export const MAX_BACKOFF_MS = 5 * 60_000;

/** The maxMs pause before something that the platform waits for is tried again, in milliseconds. */
export const MAX_URGENT_BACKOFF_MS = 60_000;

/** The pause after so many failures in a row, in milliseconds: 1, 2, 4 s and so on, up to `maxMs`. */
export function backoffMs(failures: number, maxMs: number): number {
  return Math.min(1000 * 2 ** Math.max(0, failures - 1), maxMs);
}
