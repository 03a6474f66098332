import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { find } from "../../../src/baton/model/annotations.ts";
import {
  createGrantEncoder,
  expandableOf,
  grantMessage,
  grantOfMessage,
  wireGrant,
} from "../../../src/baton/model/encode.ts";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { originBytes, originOf } from "../../../src/baton/model/origin.ts";
import { GrantExpandableSchema } from "../../../src/gen/c1/connector/v2/annotation_grant_pb.ts";
import { GrantSchema } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { mixed } from "./any-grants.ts";

describe("the fast encoder", () => {
  test("writes the bytes of the plain one, whatever the texts and in whatever order", () => {
    fc.assert(
      fc.property(mixed, (grants) => {
        const encode = createGrantEncoder();
        const encoded = grants.map(encode);
        grants.forEach((grant, at) => {
          const plain = toBinary(GrantSchema, grantMessage(grant));
          const origin = grant.origin === undefined ? [] : originBytes(grant.origin);
          expect(Buffer.from(encoded[at]!.data)).toEqual(Buffer.from([...plain, ...origin]));
          expect(originOf(encoded[at]!.data)).toBe(grant.origin);
          const expandable = expandableOf(grant);
          expect(encoded[at]!.expansion).toEqual(expandable ? toBinary(GrantExpandableSchema, expandable) : null);
        });
      }),
      { numRuns: 150 },
    );
  });

  test("hands out copies that later grants do not touch", () => {
    const shared = {
      id: "group:g:member",
      v1Id: "membership:g",
      resource: create(ResourceSchema, { id: { resourceType: "group", resource: "g" } }),
    };
    const encode = createGrantEncoder();
    const all = Array.from({ length: 2000 }, (_, at) => `00u${String(at).padStart(17, "0")}`).map((principalId) => ({
      principalId,
      data: encode({ granted: shared, principalType: "user", principalId }).data,
    }));
    for (const { principalId, data } of all) {
      expect(fromBinary(GrantSchema, data).principal?.id?.resource).toBe(principalId);
    }
  });
});

const group = {
  id: "role:ORG_ADMIN:assigned",
  v1Id: "role:ORG_ADMIN",
  resource: create(ResourceSchema, { id: { resourceType: "role", resource: "ORG_ADMIN" }, displayName: "Org" }),
};
const expandable = { entitlementIds: ["group:g:member"], shallow: true };
const grant: Grant = { granted: group, principalType: "group", principalId: "g", expandable };

describe("how a grant came to be held", () => {
  test.each(["direct", "group"] as const)("is carried over the wire and into a file: %s", (origin) => {
    const sent = toBinary(GrantSchema, wireGrant({ ...grant, origin }));
    const received = grantOfMessage(fromBinary(GrantSchema, sent))!;
    expect(originOf(createGrantEncoder()(received).data)).toBe(origin);
  });

  test("changes nothing for readers that know the contract only", () => {
    const { data } = createGrantEncoder()({ ...grant, origin: "group" });
    const known = fromBinary(GrantSchema, new Uint8Array(data), { readUnknownFields: false });
    expect(fromBinary(GrantSchema, data).$unknown).toHaveLength(1);
    expect(known).toEqual(grantMessage(grant));
  });
});

describe("what a grant says of its expansion", () => {
  test("goes over the wire among the annotations, and into a file beside the message", () => {
    expect(find(wireGrant(grant).annotations, GrantExpandableSchema)).toMatchObject(expandable);
    expect(find(grantMessage(grant).annotations, GrantExpandableSchema)).toBeUndefined();
  });

  test("comes back out of a message from another connector, which is stored as it is otherwise", () => {
    const message = { ...wireGrant(grant), id: "an id of its own" };
    const received = grantOfMessage(message)!;
    const { data, expansion } = createGrantEncoder()(received);
    expect(fromBinary(GrantSchema, data)).toEqual({ ...grantMessage(grant), id: "an id of its own" });
    expect(fromBinary(GrantExpandableSchema, expansion!)).toMatchObject(expandable);
    expect(wireGrant(received)).toEqual(message);
  });

  test("is nothing where no entitlement is named", () => {
    expect(expandableOf({ ...grant, expandable: { entitlementIds: ["", " "], shallow: false } })).toBeUndefined();
  });

  test("a message without an entitlement's resource or a principal is no grant", () => {
    expect(grantOfMessage(create(GrantSchema, { id: "x" }))).toBeUndefined();
  });
});
