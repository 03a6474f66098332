import { describe, expect, test } from "vitest";
import { PageChains } from "../../src/runtime/page-chains.ts";

describe("a list of pages", () => {
  test("may be as long as it likes, and may be read again", () => {
    const chains = new PageChains(3);
    for (let time = 0; time < 2; time++) {
      for (let page = 0; page < 500; page++) {
        expect(chains.follow(`p${page}`, `p${page + 1}`, page % 3 !== 0)).toBeUndefined();
      }
      expect(chains.follow("p500", undefined, true)).toBeUndefined();
    }
  });

  test.each([1, 2, 3, 17])("that leads back over %d pages is told at once", (length) => {
    const chains = new PageChains(100);
    const told = [];
    for (let page = 0; page < length; page++) told.push(chains.follow(`p${page}`, `p${(page + 1) % length}`, false));
    expect(told.pop()).toBe("cycle");
    expect(told.every((one) => one === undefined)).toBe(true);
  });

  test.each([2, 3])("that leads back over %d pages is told though each page is read twice", (length) => {
    const chains = new PageChains(100);
    const told = [];
    for (let read = 0; read < 2 * length; read++) {
      const page = Math.floor(read / 2);
      told.push(chains.follow(`p${page}`, `p${(page + 1) % length}`, true));
    }
    expect(told.slice(-2)).toEqual(["cycle", "cycle"]);
    expect(told.slice(0, -2).every((one) => one === undefined)).toBe(true);
  });

  test("that leads back to its middle is told", () => {
    const chains = new PageChains(100);
    expect(["b", "c", "d", "b"].map((next, at) => chains.follow("abcd"[at]!, next, false)).at(-1)).toBe("cycle");
  });

  test("of empty pages ends after as many as are allowed in a row", () => {
    const chains = new PageChains(3);
    const told = [true, true, false, true, true, true].map((empty, at) => chains.follow(`p${at}`, `p${at + 1}`, empty));
    expect(told).toEqual([undefined, undefined, undefined, undefined, undefined, "empty"]);
  });

  test("is not mistaken for another that is read at the same time, nor for itself where a page is read twice", () => {
    const chains = new PageChains(100);
    for (const list of ["a", "b", "a"]) expect(chains.follow(`${list}1`, `${list}2`, false)).toBeUndefined();
    for (const list of ["a", "b", "b"]) expect(chains.follow(`${list}2`, `${list}3`, false)).toBeUndefined();
  });

  test("may lead from its first page to one place, to another, and to the first one again, as members come and go", () => {
    const chains = new PageChains(3);
    const told = ["p20", "p19", "p20", "p19", "p20"].flatMap((next) => [
      chains.follow("p", next, false),
      chains.follow(next, `${next}+20`, false),
      chains.follow(`${next}+20`, undefined, false),
    ]);
    // Of two pages: what is known of it waits under the first.
    told.push(...["p40", "p39", "p40", "p39"].map((next) => chains.follow("short", next, false)));
    expect(told.every((one) => one === undefined)).toBe(true);
  });

  test("may begin with an empty page whenever it is read", () => {
    const chains = new PageChains(3);
    const told = Array.from({ length: 9 }, (_, time) => chains.follow("p", `p${time}`, true));
    expect(told.every((one) => one === undefined)).toBe(true);
  });
});
