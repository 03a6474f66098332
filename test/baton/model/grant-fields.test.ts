import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIRST_TAG, grantFields, TAGS } from "../../../src/baton/model/grant-fields.ts";
import { originBytes, originNumbered } from "../../../src/baton/model/origin.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { GrantSchema } from "../../../src/gen/c1/connector/v2/grant_pb.ts";
import { goldenPath } from "./golden.ts";

describe("what a grant's bytes say of how it is held", () => {
  test("is the same as its message says, whatever else is in it", () => {
    const origin = fc.constantFrom("direct", "group", undefined);
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.boolean(), origin, (sources, id, empty, stated) => {
        const message = create(GrantSchema, {
          id,
          entitlement: { id, description: id },
          ...((sources.length > 0 || empty) && {
            sources: { sources: Object.fromEntries(sources.map((one) => [one, {}])) },
          }),
        });
        const plain = Buffer.from(toBinary(GrantSchema, message));
        const bytes = stated === undefined ? plain : Buffer.concat([plain, originBytes(stated)]);
        const fields = grantFields(bytes)!;
        expect(fields.hasSources).toBe(sources.length > 0 || empty);
        expect(originNumbered(fields.origin)).toBe(stated);
        if (fields.hasSources) expect(bytes.includes(Buffer.from(TAGS[0]!, "hex"))).toBe(true);
        if (stated !== undefined) expect(bytes.includes(Buffer.from(TAGS[1]!, "hex"))).toBe(true);
        expect(bytes.subarray(0, 1).toString("hex")).toBe(FIRST_TAG);
      }),
    );
  });

  test("is left to the decoder where the bytes are no plain message", () => {
    for (const hex of ["0a", "0aff", "0a05", "00", "0b", "ffffffffffff", "2a80", "08"]) {
      expect(grantFields(Buffer.from(hex, "hex")), hex).toBeUndefined();
    }
    expect(grantFields(new Uint8Array())).toEqual({ hasSources: false, origin: 0 });
  });

  test("is the same of grants whose messages are read when they are asked for", async () => {
    await using reader = await openSnapshot(goldenPath("reference.c1z"));
    const content = reader.content();
    const whole = [...content.grants({}, "id")];
    const brief = [...content.briefGrants()];
    expect(brief.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    for (const [at, grant] of whole.entries()) {
      expect(brief[at]!.sources).toEqual(Object.keys(grant.message.sources?.sources ?? {}));
      expect(brief[at]!.origin).toBe(grant.origin);
      expect(brief[at]!.message).toEqual(grant.message);
      expect(brief[at]!.principal).toEqual(grant.principal);
    }
  });
});
