import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { find } from "../../../src/baton/model/annotations.ts";
import { comparableJson } from "../../../src/baton/model/json.ts";
import { isTooDeep, MAX_JSON_DEPTH, timestamp } from "../../../src/baton/model/values.ts";
import {
  ManagedDeviceTraitSchema,
  NonHumanIdentityTraitSchema,
  SecretTraitSchema,
  UserTraitSchema,
} from "../../../src/gen/c1/connector/v2/annotation_trait_pb.ts";
import { type Resource, ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { appResource } from "../../../src/okta/apps/apps.ts";
import { deviceResource } from "../../../src/okta/devices/devices.ts";
import { groupResource } from "../../../src/okta/groups/resource.ts";
import { apiTokenResource } from "../../../src/okta/tokens/tokens.ts";
import { userResource } from "../../../src/okta/users/users.ts";

const traitOf = (resource: Resource) => find(resource.annotations, UserTraitSchema)!;
const user = (profile: unknown, more = {}) => userResource({ id: "00u1", status: "ACTIVE", profile, ...more }, false);
/** As it comes back out of a snapshot. */
const stored = (resource: Resource) => fromBinary(ResourceSchema, toBinary(ResourceSchema, resource));

describe("a user", () => {
  test("without a profile is there all the same", () => {
    for (const profile of [null, undefined, [], "text", 7]) {
      const resource = stored(userResource({ id: "00u1", profile }, false));
      expect(resource.displayName).toBe("unknown unknown");
      expect(resource.profile).toEqual({ c1_okta_raw_user_status: "" });
      expect(resource.createdAt).toBeUndefined();
    }
  });

  test("is called by the display name unless that is blank", () => {
    expect(user({ displayName: " Ann ", firstName: "A" }).displayName).toBe(" Ann ");
    expect(user({ displayName: " \t", firstName: "Ann", lastName: "Lee" }).displayName).toBe("Ann Lee");
    expect(user({ displayName: null, lastName: "Lee" }).displayName).toBe("unknown Lee");
    expect(user({ displayName: 7, firstName: null, lastName: "Lee" }).displayName).toBe("unknown Lee");
  });

  test.each([
    ["STAGED", 2],
    ["SUSPENDED", 2],
    ["DEPROVISIONED", 2],
    ["ACTIVE", 1],
    ["PROVISIONED", 1],
    ["RECOVERY", 1],
    ["PASSWORD_EXPIRED", 1],
    ["LOCKED_OUT", 1],
    ["HIBERNATING", 0],
  ])("that is %s has the status %i twice", (status, expected) => {
    const resource = user({}, { status });
    expect(resource.status).toMatchObject({ status: expected, details: status });
    expect(traitOf(resource).status).toMatchObject({ status: expected, details: status });
    expect(resource.profile?.c1_okta_raw_user_status).toBe(status);
  });

  test("has an alias where the login has exactly one @", () => {
    expect(traitOf(user({ login: "ann@acme.example" }))).toMatchObject({
      login: "ann@acme.example",
      loginAliases: ["ann"],
    });
    expect(traitOf(user({ login: "ann" }))).toMatchObject({ login: "ann", loginAliases: [] });
    expect(traitOf(user({ login: "a@b@c" }))).toMatchObject({ login: "a@b@c", loginAliases: [] });
    expect(traitOf(user({ login: null })).login).toBe("");
  });

  test("has the employee ids in the profile's order, each once, without blanks", () => {
    const profile = {
      EMPLOYEE_ID: "3",
      employeeNumber: "1",
      employeeId: " ",
      x: "9",
      employeeidnumber: "1",
      employee_number: null,
    };
    expect(traitOf(user(profile)).employeeIds).toEqual(["3", "1"]);
  });

  test("loses the second address where that is wished, in the profile too", () => {
    const profile = { email: "a@x.example", secondEmail: "b@x.example" };
    expect(traitOf(user(profile)).emails.map((one) => [one.address, one.isPrimary])).toEqual([
      ["a@x.example", true],
      ["b@x.example", false],
    ]);
    const skipped = userResource({ id: "00u1", profile }, true);
    expect(traitOf(skipped).emails.map((one) => one.address)).toEqual(["a@x.example"]);
    expect(skipped.profile?.secondEmail).toBeNull();
    expect(profile.secondEmail).toBe("b@x.example");
    expect(userResource({ id: "00u1", profile: {} }, true).profile).toHaveProperty("secondEmail", null);
  });

  test("with times that are none has none", () => {
    for (const time of [
      "",
      "yesterday",
      "2023-02-30T00:00:00Z",
      "2023-13-01T00:00:00Z",
      "0000-01-01T00:00:00Z",
      7,
      {},
      null,
    ]) {
      const resource = stored(user({}, { created: time, lastLogin: time }));
      expect(resource.createdAt, String(time)).toBeUndefined();
      expect(traitOf(resource).lastLogin).toBeUndefined();
    }
  });

  test("can hold whatever JSON can", () => {
    const odd = JSON.parse(
      '{"big":1e400,"small":-1e400,"\\ud800":"a\\udfffb","nested":[[null,{"\\udc00":true}],{}],"__proto__":{"x":1}}',
    );
    const resource = stored(user(odd));
    expect(resource.profile).toMatchObject({ big: "Infinity", small: "-Infinity", "\ufffd": "a\ufffdb" });
    expect(resource.profile?.nested).toEqual([[null, { "\ufffd": true }], {}]);
    expect(() => stored(user({ login: "\ud800@x", email: "\ud800", displayName: "\udfff" }))).not.toThrow();
  });

  test("keeps every attribute of its profile as it is", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          fc.jsonValue({ maxDepth: 3 }),
          { maxKeys: 6 },
        ),
        (profile) => {
          const plain = JSON.parse(JSON.stringify(profile));
          const { c1_okta_raw_user_status: status, ...kept } = stored(user(plain)).profile!;
          delete plain.c1_okta_raw_user_status;
          expect(kept).toEqual(plain);
          expect(status).toBe("ACTIVE");
        },
      ),
    );
  });
});

test("times keep what they say", () => {
  expect(timestamp("2023-04-22T11:23:13.162Z")).toMatchObject({ seconds: 1682162593n, nanos: 162_000_000 });
  expect(timestamp("2023-04-22T13:23:13+02:00")).toMatchObject({ seconds: 1682162593n, nanos: 0 });
  expect(timestamp("1969-12-31T23:59:59.5Z")).toMatchObject({ seconds: -1n, nanos: 500_000_000 });
  expect(timestamp("2023-04-22T11:23:13.123456789999Z")).toMatchObject({ nanos: 123_456_789 });
});

test("a group without stats says nothing of counts", () => {
  const bare = stored(groupResource({ id: "00g1", type: "DYNAMIC", profile: null, _embedded: null }));
  expect(bare.profile).toEqual({ name: "", description: "", type: "DYNAMIC" });
  const some = groupResource({
    id: "00g1",
    profile: { name: "x" },
    _embedded: { stats: { usersCount: 0, appsCount: "3" } },
  });
  expect(some.profile).toEqual({ name: "x", description: "", type: "", users_count: 0 });
});

test("an app without a sign-on mode is an identity all the same", () => {
  const detail = (signOnMode: unknown) =>
    find(appResource({ id: "0oa1", signOnMode }).annotations, NonHumanIdentityTraitSchema)?.nhiDetail;
  expect([detail(undefined), detail(""), detail("SAML_2_0"), detail("BOOKMARK")]).toEqual([
    "okta.app",
    "okta.app",
    "okta.app.saml_2_0",
    undefined,
  ]);
  expect(stored(appResource({ id: "0oa1" })).profile).toEqual({ status: "" });
});

test("an API token without times and owner has none", () => {
  const resource = stored(apiTokenResource({ id: "00T1", name: "ci" }));
  expect(comparableJson(ResourceSchema, resource)).toEqual({
    id: { resource_type: "api-token", resource: "00T1" },
    display_name: "ci",
    annotations: [
      {
        "@type": "type.googleapis.com/c1.connector.v2.SecretTrait",
        credential_type: "CREDENTIAL_TYPE_STATIC_SECRET",
        credential_detail: "okta.api_token",
      },
    ],
  });
  const odd = apiTokenResource({ id: "00T1", userId: "00u1", expiresAt: "soon", lastUpdated: "2023-01-01T00:00:00Z" });
  const trait = find(odd.annotations, SecretTraitSchema)!;
  expect([trait.expiresAt, trait.lastUsedAt?.seconds, trait.identityId?.resource]).toEqual([
    undefined,
    1672531200n,
    "00u1",
  ]);
});

test("a device without a profile is called by its id", () => {
  const resource = stored(deviceResource({ id: "guo1", profile: null }));
  expect(resource.displayName).toBe("guo1");
  expect(find(resource.annotations, ManagedDeviceTraitSchema)).toEqual(create(ManagedDeviceTraitSchema));
});

describe("a profile that is nested deeply", () => {
  const nested = (levels: number, list = false): unknown =>
    levels === 0 ? "end" : list ? [nested(levels - 1, list)] : { a: nested(levels - 1, list) };
  const textOf = (levels: number) => JSON.stringify(user(nested(levels)).profile);

  test("is kept as far as every reader of a snapshot takes it, and says where it is cut", () => {
    expect(textOf(MAX_JSON_DEPTH)).toContain('"end"');
    expect(textOf(MAX_JSON_DEPTH)).not.toContain("left out");
    expect(textOf(MAX_JSON_DEPTH + 1)).toContain('"(nested deeper than 30 levels: left out)"');
    expect(JSON.stringify(user({ a: nested(40, true) }).profile)).toContain("left out");
  });

  test.each([50, 3000])("of %i levels can be stored, and lies no deeper than readers go", (levels) => {
    const deep = JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
    const bytes = toBinary(ResourceSchema, user(deep));
    // A grant holds the resource, and an answer or an annotation the grant.
    expect(messagesWithin(bytes) + 3).toBeLessThanOrEqual(100);
    expect(isTooDeep(deep)).toBe(true);
    expect(isTooDeep({ a: [{ b: 1 }] })).toBe(false);
  });
});

/** How many messages lie within each other in bytes of which each field with a length is taken for one if it can be. */
function messagesWithin(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let deepest = 0;
  while (reader.pos < reader.len) {
    const [, type] = reader.tag();
    if (type !== WireType.LengthDelimited) reader.skip(type);
    else {
      const inner = reader.bytes();
      try {
        if (inner.length > 1) deepest = Math.max(deepest, messagesWithin(inner));
      } catch {
        // A text.
      }
    }
  }
  return deepest + 1;
}
