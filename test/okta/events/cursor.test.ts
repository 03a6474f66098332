import { expect, test } from "vitest";
import { MAX_CURSOR_BYTES, markOf, readCursor, writeCursor } from "../../../src/okta/events/cursor.ts";

const position = {
  filter: "abcd1234",
  time: Date.parse("2026-03-01T10:20:30.456Z"),
  seen: [markOf("one"), markOf("two")],
  query: [
    ["since", "2026-02-22T00:00:00.000Z"],
    ["after", "1772360430456_1"],
  ] as const,
};

test("a cursor says where to go on, with a link and without", () => {
  expect(readCursor(writeCursor(position))).toEqual(position);
  const { query: _, ...timed } = position;
  expect(readCursor(writeCursor(timed))).toEqual(timed);
  expect(readCursor(writeCursor({ ...timed, seen: [] }))).toEqual({ ...timed, seen: [] });
});

test("a cursor never has more bytes than one may have: it keeps what decides where to go on", () => {
  const many = Array.from({ length: 1000 }, (_, at) => markOf(String(at)));
  const crowded = writeCursor({ ...position, seen: many });
  expect(crowded.length).toBeLessThanOrEqual(MAX_CURSOR_BYTES);
  expect(readCursor(crowded)).toMatchObject({ query: position.query });

  const endless = writeCursor({ ...position, seen: many, query: [["after", "x".repeat(5000)]] });
  expect(endless.length).toBeLessThanOrEqual(MAX_CURSOR_BYTES);
  const read = readCursor(endless);
  expect(read).not.toHaveProperty("query");
  expect(read).toMatchObject({ time: position.time });
  expect("seen" in read && read.seen.length).toBeGreaterThan(300);
  expect("seen" in read && read.seen.at(-1)).toBe(many.at(-1));
});

test("a bare after of Okta's is understood; what is altered, cut off or no cursor is refused", () => {
  expect(readCursor("1772360430456_1")).toEqual({ after: "1772360430456_1" });
  const good = writeCursor(position);
  const letters = [...good].map((_, at) => at).filter((at) => at >= 4);
  for (const at of letters) {
    const altered = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
    expect(() => readCursor(altered), String(at)).toThrow("the cursor is none of this feed's");
  }
  for (const bad of [good.slice(0, -5), "bo1.", "bo1.zzzzzzzz", "with space", "é", "a".repeat(4097)]) {
    expect(() => readCursor(bad), bad).toThrow("the cursor is none of this feed's");
  }
});
