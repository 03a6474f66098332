import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { pack } from "../../../src/baton/model/annotations.ts";
import type { Grant, Granted } from "../../../src/baton/model/grant.ts";
import { V1IdentifierSchema } from "../../../src/gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";

/** Texts of all kinds, of the lengths where the length of a field takes a byte more. */
export const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc
    .constantFrom(0, 1, 20, 126, 127, 128, 129, 200, 16_380, 16_383, 16_384, 16_400)
    .map((length) => "x".repeat(length)),
  fc.constantFrom("é".repeat(64), "\u{1f600}".repeat(33), "\ud800", "a\udc00b", "\0"),
);

const granted: fc.Arbitrary<Granted> = fc
  .record({ id: text, v1Id: text, type: text, resource: text, displayName: text, annotation: text })
  .map(({ id, v1Id, type, resource, displayName, annotation }) => ({
    id,
    v1Id,
    resource: create(ResourceSchema, {
      id: { resourceType: type, resource },
      displayName,
      annotations: [pack(V1IdentifierSchema, { id: annotation })],
    }),
  }));

const holder = fc.record(
  {
    principalType: fc.oneof(fc.constantFrom("user", "group"), text),
    principalId: fc.oneof(fc.stringMatching(/^00[ug][a-zA-Z0-9]{17}$/), text),
    v1Tail: text,
    expandable: fc.record({ entitlementIds: fc.array(text, { maxLength: 3 }), shallow: fc.boolean() }),
    origin: fc.constantFrom("direct" as const, "group" as const),
    sources: fc.array(fc.constantFrom("group:g1:member", "group:g2:member", "é"), { maxLength: 2 }),
  },
  { requiredKeys: ["principalType", "principalId"] },
);

/** Grants of some entitlements, in any order. */
export const mixed: fc.Arbitrary<Grant[]> = fc
  .record({
    granted: fc.array(granted, { minLength: 1, maxLength: 3 }),
    holders: fc.array(fc.tuple(fc.nat(), holder), { minLength: 1, maxLength: 12 }),
  })
  .map(({ granted, holders }) => holders.map(([at, rest]) => ({ granted: granted[at % granted.length]!, ...rest })));
