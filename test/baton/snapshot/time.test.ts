import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTime, parseTime } from "../../../src/baton/snapshot/time.ts";

test.each([
  ["2026-11-22T03:35:23.964Z", "2026-11-22 03:35:23.964"],
  ["2026-11-22T03:35:23.900Z", "2026-11-22 03:35:23.9"],
  ["2026-11-22T03:35:20.000Z", "2026-11-22 03:35:20"],
  ["2026-11-20T00:00:00.000Z", "2026-11-20 00:00:00"],
  ["2026-11-20T00:00:00.010Z", "2026-11-20 00:00:00.01"],
])("%s is written %s", (moment, text) => {
  expect(formatTime(Date.parse(moment))).toBe(text);
});

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      expect(parseTime(formatTime(ms))).toBe(ms);
    }),
  );
});

test("other writers' forms are read, and what is no time is not", () => {
  const ms = Date.parse("2026-11-22T03:35:23.964Z");
  expect(parseTime("2026-11-22 03:35:23.96450056")).toBe(ms);
  expect(parseTime("2026-11-22T03:35:23.964Z")).toBe(ms);
  expect(parseTime("2026-11-22 05:35:23.964+02:00")).toBe(ms);
  expect(parseTime("")).toBeUndefined();
  expect(parseTime("2026-13-45 00:00:00")).toBeUndefined();
});
