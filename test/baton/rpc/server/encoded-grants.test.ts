import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, it } from "vitest";
import { wireGrant } from "../../../../src/baton/model/encode.ts";
import { encodedGrants } from "../../../../src/baton/rpc/server/encoded-grants.ts";
import { GrantSchema, GrantsServiceListGrantsResponseSchema } from "../../../../src/gen/c1/connector/v2/grant_pb.ts";
import { mixed } from "../../model/any-grants.ts";

const schema = GrantsServiceListGrantsResponseSchema;

it("says what a list of messages says", () => {
  fc.assert(
    fc.property(mixed, (grants) => {
      const list = grants.map((grant) => fromBinary(GrantSchema, toBinary(GrantSchema, wireGrant(grant))));
      const answer = fromBinary(schema, encodedGrants(grants));
      expect(answer).toEqual(create(schema, { list }));
    }),
    { numRuns: 50 },
  );
});

it("takes further fields after it", () => {
  expect(encodedGrants([])).toHaveLength(0);
  const granted = { id: "group:g:member", v1Id: "membership:g", resource: {} as never };
  const rest = toBinary(schema, create(schema, { nextPageToken: "next" }));
  const bytes = Buffer.concat([encodedGrants([{ granted, principalType: "user", principalId: "u" }]), rest]);
  const { list, nextPageToken } = fromBinary(schema, bytes);
  expect([list.map(({ id }) => id), nextPageToken]).toEqual([["group:g:member:user:u"], "next"]);
});
