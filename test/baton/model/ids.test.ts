import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  entitlementId,
  formatBid,
  grantId,
  newSyncId,
  parseBid,
  parseEntitlementId,
  parseGrantId,
  v1GrantId,
} from "../../../src/baton/model/ids.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import { goldenMaps } from "./golden.ts";

const golden = goldenMaps("expected.json");
const types = Object.keys(golden.resource_types);
const slugs = ["member", "access", "assigned", "bindings"];

function refusal(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isFailure(error) ? error.kind : "not a failure";
  }
  return undefined;
}

describe("entitlement ids", () => {
  test("those of the golden snapshot come apart into type, resource and slug", () => {
    for (const [id, entitlement] of Object.entries(golden.entitlements)) {
      const resource = entitlement.resource.id;
      expect(parseEntitlementId(id)).toEqual({
        type: resource.resource_type,
        id: resource.resource,
        slug: entitlement.slug,
      });
      expect(entitlementId(resource.resource_type, resource.resource, entitlement.slug)).toBe(id);
    }
  });

  test.each(["", "group", "group:1", "group::member", ":1:member", "group:1:", "::", ":::"])("%j is refused", (id) => {
    expect(refusal(() => parseEntitlementId(id))).toBe("invalidArgument");
  });
});

describe("grant ids", () => {
  test("those of the golden snapshot come apart with and without knowledge of types and slugs", () => {
    for (const [id, grant] of Object.entries(golden.grants)) {
      for (const known of [{}, { types }, { types, slugs }]) {
        const parts = parseGrantId(id, known);
        expect(parts.entitlementId).toBe(grant.entitlement.id);
        expect(parts.principalType).toBe(grant.principal.id.resource_type);
        expect(parts.principalId).toBe(grant.principal.id.resource);
      }
    }
  });

  test("where both ids may hold colons, what is known decides", () => {
    const id = "group:00g1:member:resourceset-binding:iam1:cr0";
    expect(parseGrantId(id, { types, slugs })).toMatchObject({
      entitlementId: "group:00g1:member",
      principalType: "resourceset-binding",
      principalId: "iam1:cr0",
    });
    expect(parseGrantId(id)).toMatchObject({ entitlementId: "group:00g1:member:resourceset-binding" });
  });

  test.each(["", "group:1:member", "group:1:member:user", "group:1:member:user:", "group:1:member::u", ":1:m:user:u"])(
    "%j is refused",
    (id) => {
      expect(refusal(() => parseGrantId(id))).toBe("invalidArgument");
    },
  );

  test("a slug or type that does not exist is refused", () => {
    expect(refusal(() => parseGrantId("group:1:owner:user:2", { slugs }))).toBe("invalidArgument");
    expect(refusal(() => parseGrantId("group:1:member:robot:2", { types }))).toBe("invalidArgument");
  });

  test("a grant's id and V1 id follow from its entitlement and principal", () => {
    const granted = { id: "group:g:member", v1Id: "membership:g", resource: {} as never };
    const grant = { granted, principalType: "user", principalId: "u" };
    expect(grantId(grant)).toBe("group:g:member:user:u");
    expect(v1GrantId(grant)).toBe("grant:membership:g:u");
    expect(v1GrantId({ ...grant, v1Tail: "g" })).toBe("grant:membership:g:g");
  });
});

describe("Baton ids", () => {
  test("type and id come back, whatever letters they hold", () => {
    const name = fc.string({ minLength: 1, unit: fc.constantFrom(":", "/", "\\", "a", "é", " ") });
    fc.assert(
      fc.property(name, name, (type, id) => {
        expect(parseBid(formatBid(type, id))).toEqual({ type, id });
      }),
    );
  });

  test("a binding is written with its colon escaped", () => {
    expect(formatBid("resourceset-binding", "iam1:cr0")).toBe("bid:r:resourceset-binding/iam1\\:cr0");
  });

  test.each([
    "",
    "user/1",
    "bid:r:",
    "bid:r:user",
    "bid:r:user/",
    "bid:r:/1",
    "bid:r:a/1/b/2",
    "bid:r:user/1:member",
    "bid:r:user/1\\",
    "bid:r:user/\\n",
    "bid:e:group/1:member",
    "BID:r:user/1",
    " bid:r:user/1",
  ])("%j is refused", (bid) => {
    expect(refusal(() => parseBid(bid))).toBe("invalidArgument");
  });
});

test("a sync's id is 27 letters and digits that carry the clock's second", () => {
  const at = (ms: number) => newSyncId({ now: () => ms, sleep: async () => {} });
  const ids = [at(1_800_000_000_000), at(1_800_000_001_000), at(1_900_000_000_000)];
  for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{27}$/);
  expect([...ids].sort()).toEqual(ids);
});
