import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/baton/connector.ts";
import { checkArguments } from "../../../../src/baton/provision/actions/arguments.ts";
import { FieldSchema } from "../../../../src/gen/c1/config/v1/config_pb.ts";
import { WellKnownString } from "../../../../src/gen/c1/config/v1/rules_pb.ts";
import { BatonActionSchemaSchema } from "../../../../src/gen/c1/connector/v2/action_pb.ts";

type FieldInit = NonNullable<MessageInitShape<typeof FieldSchema>["field"]>;

function check(field: FieldInit, value: Json | undefined, isRequired = false): void {
  const schema = create(BatonActionSchemaSchema, {
    name: "act",
    arguments: [create(FieldSchema, { name: "arg", isRequired, field })],
  });
  checkArguments(schema, value === undefined ? { other: 1 } : { arg: value });
}

const text = (rules?: object): FieldInit => ({ case: "stringField", value: rules === undefined ? {} : { rules } });
const kinds: Record<string, FieldInit> = {
  text: text(),
  bool: { case: "boolField", value: {} },
  int: { case: "intField", value: {} },
  texts: { case: "stringSliceField", value: {} },
  map: { case: "stringMapField", value: {} },
  id: { case: "resourceIdField", value: {} },
  ids: { case: "resourceIdSliceField", value: {} },
};

describe("the arguments of an action", () => {
  it.each(Object.entries(kinds))("may lack what is not required (%s), null like absent", (_, field) => {
    check(field, undefined);
    check(field, null);
    for (const value of [undefined, null]) {
      expect(() => check(field, value, true)).toThrow(
        expect.objectContaining({
          kind: "invalidArgument",
          field: "arg",
          message: "the argument arg of act is missing",
        }),
      );
    }
  });

  it.each([
    ["text", "x"],
    ["text", ""],
    ["text", { resource_id: "an object is the action's to read" }],
    ["bool", false],
    ["int", -3],
    ["texts", ["a", ""]],
    ["map", { a: [1] }],
    ["id", "00u1"],
    ["id", { resource_id: "00u1" }],
    ["ids", []],
    ["ids", ["00u1", { resource: "00u2" }]],
  ] as [string, Json][])("take %s %j", (kind, value) => check(kinds[kind]!, value));

  it.each([
    ["text", 1, "must be a text"],
    ["text", ["x"], "must be a text"],
    ["bool", "true", "must be true or false"],
    ["int", 1.5, "must be a whole number"],
    ["int", "1", "must be a whole number"],
    ["int", 2 ** 60, "must be a whole number"],
    ["texts", "a", "must be a list of texts"],
    ["texts", ["a", 1], "has an item (2) that must be a text"],
    ["map", [], "must be an object"],
    ["map", "{}", "must be an object"],
    ["ids", "00u1", "must be a list of resource ids"],
  ] as [string, Json, string][])("refuse %s %j", (kind, value, why) => {
    expect(() => check(kinds[kind]!, value)).toThrow(`the argument arg of act ${why}`);
  });

  it.each(["text", "id", "texts", "map", "ids"])("refuse an empty %s that is required", (kind) => {
    const empty = { text: "", id: "", texts: [], map: {}, ids: [] }[kind] as Json;
    expect(() => check(kinds[kind]!, empty, true)).toThrow("is empty");
  });

  it.each([
    [{ minLen: 1n, maxLen: 3n }, "äöü", "abcd", "is longer than 3 characters"],
    [{ minLen: 2n }, "😀😀", "😀", "is shorter than 2 characters"],
    [{ minLen: 2n }, "", "a", "is shorter"],
    [{ minLen: 2n, validateEmpty: true }, "ab", "", "is shorter"],
    [{ isRequired: true }, "a", "", "is empty"],
    [{ len: 2n }, "ab", "abc", "must have 2 characters"],
    [{ eq: "a" }, "a", "b", 'must be "a"'],
    [{ pattern: "^[a-z]+$" }, "abc", "aBc", "must match"],
    [{ prefix: "00u" }, "00u1", "00g1", "must start with"],
    [{ suffix: "!" }, "a!", "a", "must end with"],
    [{ contains: "@" }, "a@b", "ab", "must contain"],
    [{ notContains: " " }, "ab", "a b", "must not contain"],
    [{ in: ["a", "b"] }, "b", "c", "must be one of a, b"],
    [{ notIn: ["a"] }, "b", "a", "must not be"],
    [{ wellKnown: WellKnownString.EMAIL }, "a@b.example", "a", "must be an email address"],
    [{ wellKnown: WellKnownString.HOSTNAME }, "a.example", "a b", "must be a host name"],
    [{ wellKnown: WellKnownString.IPV4 }, "127.0.0.1", "::1", "must be an IPv4 address"],
    [{ wellKnown: WellKnownString.IPV6 }, "::1", "127.0.0.1", "must be an IPv6 address"],
    [{ wellKnown: WellKnownString.URI }, "https://a.example", "nope", "must be a URI"],
    [{ wellKnown: WellKnownString.UUID }, "123e4567-e89b-12d3-a456-426614174000", "123", "must be a UUID"],
  ])("hold texts to rule %#", (rules, good, bad, why) => {
    check(text(rules), good);
    expect(() => check(text(rules), bad)).toThrow(why);
    const list: FieldInit = { case: "stringSliceField", value: { rules: { itemRules: rules } } };
    check(list, [good]);
    expect(() => check(list, [good, bad])).toThrow(/item \(2\) that /);
  });

  it("leave a pattern that cannot be tried here to the action", () => check(text({ pattern: "(?i)x" }), "y"));

  it.each([
    [{ gte: 1n, lte: 5n }, 5, 6],
    [{ gt: 1n, lt: 5n }, 2, 5],
    [{ eq: 3n }, 3, 4],
    [{ in: [1n, 2n] }, 2, 3],
    [{ notIn: [7n] }, 8, 7],
    [{ gte: 1n }, 0, -1],
    [{ isRequired: true }, 1, 0],
  ])("hold numbers to rule %#", (rules, good, bad) => {
    const field: FieldInit = { case: "intField", value: { rules } };
    check(field, good);
    expect(() => check(field, bad)).toThrow("the argument arg of act");
  });

  it("hold lists to their rules", () => {
    const field: FieldInit = {
      case: "resourceIdSliceField",
      value: { rules: { minItems: 2n, maxItems: 3n, unique: true } },
    };
    check(field, []);
    check(field, ["a", "b"]);
    expect(() => check(field, ["a"])).toThrow("has fewer than 2 items");
    expect(() => check(field, ["a", "b", "c", "d"])).toThrow("has more than 3 items");
    expect(() => check(field, ["a", "a"])).toThrow("names something twice");
  });
});
