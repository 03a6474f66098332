import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("sleeps longer than a timer of Node holds, in place of not at all", async () => {
  vi.useFakeTimers();
  const days = 40 * 86_400_000;
  let awake = false;
  const sleeping = systemClock.sleep(days).then(() => {
    awake = true;
  });
  await vi.advanceTimersByTimeAsync(days - 1);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;
  expect(awake).toBe(true);
});

test("a sleep ends with its signal, and leaves no timer", async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const sleeping = systemClock.sleep(Number.POSITIVE_INFINITY, stop.signal);
  await vi.advanceTimersByTimeAsync(100 * 86_400_000);
  stop.abort(new Error("enough"));
  await expect(sleeping).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});
