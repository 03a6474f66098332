import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idsInList } from "../../../src/okta/groups/members.ts";

const plainly = (text: string): string[] => {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new SyntaxError();
  return list.map((one) => (typeof one?.id === "string" && !Array.isArray(one) ? one.id.toWellFormed() : ""));
};

/** Texts that tempt a scanner: keys, quotes, brackets, backslashes. */
const tricky = fc.oneof(
  fc.constantFrom("id", '"id":"x"', "\\", '\\"', '"', "{", "}", "[", "]", ",", ":", "\u0000", "é", "😀", "\ud800", ""),
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("\\", '"', "{", "]", "id", ":", "a"), { maxLength: 8 }).map((parts) => parts.join("")),
);
const key = fc.oneof(fc.constantFrom("id", "ID", "i", "profile", "_links", "\u0069d "), tricky);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tricky,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));
const id = fc.oneof({ weight: 5, arbitrary: fc.stringMatching(/^00u[0-9A-Za-z]{3,17}$/) }, tricky, value);
const user = fc
  .tuple(fc.dictionary(key, value, { maxKeys: 4 }), id, fc.dictionary(key, value, { maxKeys: 3 }))
  .map(([before, own, after]) => ({ ...before, id: own, ...after }));
const list = fc.array(fc.oneof({ weight: 9, arbitrary: user }, value), { maxLength: 6 });

describe("the ids of a page of members", () => {
  test("are those that JSON.parse finds, however it is written", () => {
    const indent = fc.constantFrom(undefined, 1, "\t", " \n");
    fc.assert(
      fc.property(fc.oneof(list, value), indent, (body, space) => {
        const text = JSON.stringify(body, undefined, space);
        let expected: string[] | undefined;
        try {
          expected = plainly(text);
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(() => idsInList(Buffer.from(text))).toThrow(SyntaxError);
        else expect(idsInList(Buffer.from(text))).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test("are found where a key is escaped, twice there or not text", () => {
    for (const text of [
      '[{"\\u0069d":"a"}]',
      '[{"id":"a","id":"b"}]',
      '[{"id":"a","\\u0069d":"b"}]',
      '[{"id":"a\\u0062"}]',
      '[{"id":"\\""}]',
      '[{"id":"a","x":"\\\\"},{"id":"b"}]',
      '[{"id":"a","id":7}]',
      '[{"id":7}]',
      '[{"x":"id"},{"id":"b"}]',
      '[{"x":"id","id":"b"}]',
      '[{"profile":{"id":"no"},"id":"yes"}]',
      '[{"profile":{"id":"no"}}]',
      '[{"id" : "a"}]',
      '[["id",{"id":"no"}],{"id":"a"}]',
      "[]",
      " [ ] ",
      '[null,"id",{"id":"a"}]',
      '[{"id":""}]',
    ]) {
      expect(idsInList(Buffer.from(text)), text).toEqual(plainly(text));
    }
  });

  test("are not taken from a body that is cut anywhere", () => {
    const whole = Buffer.from(
      JSON.stringify([{ id: "a", profile: { login: "x]", list: [{}] } }, { id: "b" }, { id: "c" }]),
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => idsInList(whole.subarray(0, length)), String(length)).toThrow(SyntaxError);
    }
    expect(() => idsInList(Buffer.from('{"id":"a"}'))).toThrow(SyntaxError);
    expect(() => idsInList(Buffer.from('[{"id":"a"}]]'))).toThrow(SyntaxError);
    expect(() => idsInList(Buffer.from('[{"id":"a"}][{"id":"b"}]'))).toThrow(SyntaxError);
  });
});
