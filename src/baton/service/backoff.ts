/** The longest pause between attempts at `Hello` and between polls, in milliseconds. */
export const LONGEST_MS = 5 * 60_000;

/** The longest pause before something that the platform waits for is tried again, in milliseconds. */
export const SOON_MS = 60_000;

/** The pause after so many failures in a row, in milliseconds: 1, 2, 4 s and so on, up to `longest`. */
export function pauseAfter(failures: number, longest: number): number {
  return Math.min(1000 * 2 ** Math.max(0, failures - 1), longest);
}
