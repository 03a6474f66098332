import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PasswordConstraintSchema } from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import { DEFAULT_LENGTH, type PasswordDemand, randomPassword } from "../../../../src/okta/users/accounts/password.ts";

const constraint = (charSet: string, minCount: number) => create(PasswordConstraintSchema, { charSet, minCount });
const make = (demand: Partial<PasswordDemand> = {}) =>
  randomPassword({ length: 0, constraints: [], about: ["ada@acme.example"], ...demand }).reveal();

test("any length from 8 to 64 gives a password of that length that Okta's default policy takes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 64 }), (length) => {
      const password = make({ length });
      expect(password).toHaveLength(length);
      for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(password).toMatch(kind);
    }),
    { numRuns: 200 },
  );
});

test("an open length gives a good one", () => {
  expect(make()).toHaveLength(DEFAULT_LENGTH);
});

test.each([1, 7, 65, -1, 8.5, Number.NaN])("length %s is refused", (length) => {
  expect(() => make({ length })).toThrowError(/length of a random password must be 8 to 64/);
});

test("constraints are kept, and the policy too", () => {
  for (let run = 0; run < 200; run++) {
    const password = make({ length: 10, constraints: [constraint("%", 3), constraint("abc", 4)] });
    expect(password.match(/%/g)!.length).toBeGreaterThanOrEqual(3);
    expect(password.match(/[abc]/g)!.length).toBeGreaterThanOrEqual(4);
    for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/]) expect(password).toMatch(kind);
  }
});

test("constraints that fill the password leave what they ask for", () => {
  for (let run = 0; run < 100; run++) {
    const password = make({ length: 8, constraints: [constraint("ABCabc123", 8)] });
    expect(password).toMatch(/^[ABCabc123]{8}$/);
  }
});

test.each([
  [[constraint("abc", 5), constraint("123", 4)], /ask for 9 characters/],
  [[constraint("a", 4_000_000_000)], /ask for 4000000000 characters/],
  [[constraint("", 1)], /char_set without characters/],
  [[constraint("abc", 8)], /leave no room/],
])("constraints that cannot be kept are refused", (constraints, message) => {
  expect(() => make({ length: 8, constraints })).toThrowError(message);
});

test("no part of the login or of the names is in it, whatever its case", () => {
  for (let run = 0; run < 300; run++) {
    const password = make({
      length: 8,
      constraints: [constraint("abcdABCD", 5)],
      about: ["abc@acme.example", "Abcd"],
    }).toLowerCase();
    expect(password).not.toContain("abc");
  }
});

test("each character comes about as often as any other, wherever it stands", () => {
  const constraints = [constraint("x", 1), constraint("Aa1", 0)];
  const places = new Array(8).fill(0);
  const runs = 4000;
  for (let run = 0; run < runs; run++) {
    const password = make({ length: 8, constraints, about: [] });
    places[password.indexOf("x")]++;
  }
  // An even spread of the first x, a little early where a second one is drawn: a fixed place would hold them all.
  for (const count of places) expect(count).toBeGreaterThan(runs / 8 / 1.5);
});
