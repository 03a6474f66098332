import type { Clock } from "../../runtime/clock.ts";

const MINUTE = 60_000;
/** The least time between two changes, in milliseconds; where more are wanted, several come at once. */
const MIN_INTERVAL = 100;

/**
 * Calls `change` with how many changes are due, so that there are `perMinute` of them a minute, until `signal` is
 * aborted. Times are in milliseconds.
 */
export async function everyMinute(
  ...[clock, perMinute, signal, change]: [Clock, number, AbortSignal, (n: number) => void]
): Promise<void> {
  const interval = Math.max(MIN_INTERVAL, MINUTE / perMinute);
  let due = 0;
  while (!signal.aborted) {
    try {
      await clock.sleep(interval, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    due += (perMinute * interval) / MINUTE;
    const whole = Math.floor(due + 1e-9);
    due -= whole;
    if (whole > 0 && !signal.aborted) change(whole);
  }
}
