import { expect, it } from "vitest";
import { Memo } from "../../../src/okta/resource/memo.ts";

const MINUTE = 60_000;

function memoAt() {
  let now = 0;
  const memo = new Memo({ now: () => now });
  const of = (syncId: string) => memo.of({ syncId, signal: new AbortController().signal })!.users;
  return { memo, of, pass: (ms: number) => (now += ms) };
}

it("keeps eight syncs apart, and lets the one that was used longest ago go", () => {
  const { of } = memoAt();
  for (let n = 0; n < 8; n++) of(`sync ${n}`).set("user", n === 0);
  expect(of("sync 0").get("user")).toBe(true);
  of("sync 8");
  expect(of("sync 0").get("user")).toBe(true);
  expect(of("sync 1").size).toBe(0);
});

it("forgets a sync that says nothing for half an hour, and any after six hours", () => {
  const { of, pass } = memoAt();
  of("one").set("user", true);
  pass(29 * MINUTE);
  expect(of("one").size).toBe(1);
  pass(30 * MINUTE);
  expect(of("one").size).toBe(0);
  of("one").set("user", true);
  for (let n = 0; n < 17; n++) {
    pass(20 * MINUTE);
    expect(of("one").size).toBe(1);
  }
  pass(20 * MINUTE);
  expect(of("one").size).toBe(0);
});

it("forgets all of them with a change, one with its end, and remembers nothing outside of a sync", () => {
  const { memo, of } = memoAt();
  of("one").set("user", true);
  of("other").set("user", true);
  memo.forget("one");
  expect([of("one").size, of("other").size]).toEqual([0, 1]);
  memo.drop();
  expect(of("other").size).toBe(0);
  expect(memo.of({ signal: new AbortController().signal })).toBeUndefined();
});
