import { expect, it } from "vitest";
import { checkEnd, lengthOf, timeOf } from "../../../src/baton/leases/time.ts";

const until = (text: string) => new Date(timeOf(text, "--until")).toISOString();

it("reads times with and without zones, and whole days to their end", () => {
  expect(until("2026-01-31T18:00:00Z")).toBe("2026-01-31T18:00:00.000Z");
  expect(until("2026-01-31T18:00")).toBe("2026-01-31T18:00:00.000Z");
  expect(until("2026-01-31 18:00:00")).toBe("2026-01-31T18:00:00.000Z");
  expect(until("2026-01-31T18:00:00.250-08:00")).toBe("2026-02-01T02:00:00.250Z");
  expect(until("2024-02-29")).toBe("2024-03-01T00:00:00.000Z");
  // In the hours in which clocks are set, the zone says which of the two is meant.
  expect(until("2026-10-25T02:30:00+02:00")).toBe("2026-10-25T00:30:00.000Z");
  expect(until("2026-10-25T02:30:00+01:00")).toBe("2026-10-25T01:30:00.000Z");
});

it.each([
  "2026-02-30",
  "2025-02-29T10:00:00Z",
  "2026-13-01",
  "2026-01-31T25:00:00Z",
  "2026-01-31T18:00:00 CET",
  "2026-01-31T18:00:00Z tomorrow",
  "2026-01-31T18:00:00+0100 or so",
  "tomorrow",
  "1767225600",
  "",
])("takes %j for no time, rather than for another one", (text) => {
  expect(() => timeOf(text, "--until")).toThrow("--until takes a time");
});

it("reads lengths, and takes none that is empty, negative or not whole", () => {
  expect(lengthOf("1h30m", "--for")).toBe(5_400_000);
  expect(lengthOf("400d", "--for")).toBe(400 * 86_400_000);
  for (const text of ["0", "0s", "-8h", "1.5h", "8", "", "8 h", "P1D"]) {
    expect(() => lengthOf(text, "--for"), text).toThrow("--for takes a length of time");
  }
});

it("has a lease end ahead, and within ten years, and says what is wrong otherwise", () => {
  const now = Date.UTC(2026, 0, 1);
  checkEnd(now + 1, now);
  checkEnd(now + lengthOf("400d", "--for"), now);
  expect(() => checkEnd(now - 1000, now)).toThrow("2025-12-31T23:59:59Z is past, it is 2026-01-01T00:00:00Z");
  expect(() => checkEnd(now, now)).toThrow("not ahead");
  expect(() => checkEnd(now + lengthOf("999999w", "--for"), now)).toThrow("more than ten years ahead");
});
