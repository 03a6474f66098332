import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type Origin, originBytes, originOf } from "../../../../src/baton/model/origin.ts";
import { addSources } from "../../../../src/baton/sync/expansion/expanded.ts";
import { isIndirect } from "../../../../src/baton/sync/expansion/indirect.ts";
import { GrantSchema } from "../../../../src/gen/c1/connector/v2/grant_pb.ts";

const ID = "app:a:access";
const stored = (origin: Origin | undefined, sources: readonly string[] = []) =>
  Buffer.concat([
    toBinary(
      GrantSchema,
      create(GrantSchema, {
        id: "x",
        ...(sources.length > 0 && {
          sources: { sources: Object.fromEntries(sources.map((id) => [id, { isDirect: true }])) },
        }),
      }),
    ),
    ...(origin === undefined ? [] : [originBytes(origin)]),
  ]);

test.each([
  [undefined, [], [ID, "group:n:member"]],
  ["direct", [], [ID, "group:n:member"]],
  // What is stated to come through a group is not said to be direct for being expanded into.
  ["group", [], ["group:n:member"]],
  ["group", ["group:g:member"], ["group:g:member", "group:n:member"]],
  ["direct", [ID, "group:g:member"], [ID, "group:g:member", "group:n:member"]],
] as const)(
  "a grant of origin %s with sources %j gets new ones, and keeps what was stated",
  (origin, before, after) => {
    const data = addSources(stored(origin, before), ID, new Map([["group:n:member", true]]));
    const message = fromBinary(GrantSchema, data);
    expect(Object.keys(message.sources!.sources).sort()).toEqual([...after].sort());
    expect(originOf(data)).toBe(origin);
  },
);

test.each([
  [undefined, [], false],
  ["direct", [], false],
  ["group", [], true],
  [undefined, ["group:g:member"], true],
  ["group", ["group:g:member"], true],
  ["direct", [ID, "group:g:member"], false],
  [undefined, [ID], false],
] as const)("a grant of origin %s with sources %j is indirect: %s", (origin, sources, expected) => {
  expect(isIndirect(stored(origin, sources), ID)).toBe(expected);
});
