import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pseudonyms } from "../../../src/baton/sanitize/pseudonyms.ts";
import { sanitizeSnapshot } from "../../../src/baton/sanitize/sanitize.ts";
import { unpack } from "../../../src/baton/snapshot/container/container.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { UserTraitSchema } from "../../../src/gen/c1/connector/v2/annotation_trait_pb.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { oktaVocabulary as vocabulary } from "../../../src/okta/risks/well-known-words.ts";
import { makeSnapshot } from "../snapshot/build.ts";

const key = Buffer.from("a key of more than sixteen bytes");
const names = new Pseudonyms(key, vocabulary, new Set(["user", "group"]));
const folder = mkdtempSync(join(tmpdir(), "sanitize-words-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that people chose, and that are words of Okta's too. */
const WORDS = ["web", "SYMANTEC", "okta.acme.merger", "everything", "hardware"];

let bytes: Buffer;
let profiles: Record<string, unknown>[];
let titles: string[];
beforeAll(async () => {
  const resources = WORDS.map((word, at) =>
    create(ResourceSchema, {
      // Another writer's ids may be words as well.
      id: { resourceType: "group", resource: at === 0 ? word : `00g${at}` },
      displayName: at === 0 ? "Acme Takeover" : word,
      description: at === 0 ? "buys Initech in May" : word,
      profile: {
        ...{ name: word, department: word, favouriteTeam: word, city: [word], type: "OKTA_GROUP" },
        ...{ users_count: 7, employeeNumber: 471_147, id: 471_148, shoe: 42 },
      },
      annotations: [anyPack(UserTraitSchema, create(UserTraitSchema, { login: word, profile: { title: word } }))],
    }),
  );
  const entitlements = [
    create(EntitlementSchema, { id: "group:web:member", resource: resources[0]!, displayName: "Acme Takeover Member" }),
  ];
  const resourceTypes = [create(ResourceTypeSchema, { id: "group", displayName: "Group" })];
  const file = await makeSnapshot(folder, [{ syncId: "s", resourceTypes, resources, entitlements }]);
  const target = join(folder, "other.c1z");
  const signal = new AbortController().signal;
  await sanitizeSnapshot({ file, target, key, vocabulary, tempDir: folder, signal });
  await unpack(target, join(folder, "other.db"));
  bytes = readFileSync(join(folder, "other.db"));
  await using reader = await openSnapshot(target);
  const content = reader.content();
  profiles = [...content.resources("group")].map(({ message }) => message.profile as Record<string, unknown>);
  titles = [...content.resources("group")].map(({ message }) => `${message.displayName} ${message.description}`);
});

describe("a name that is a word of Okta's too", () => {
  it("is replaced wherever people choose it", () => {
    for (const title of titles) expect(title).toMatch(/^[a-z2-7]{16} [a-z2-7 ]{16,}$/);
    for (const { name, department, favouriteTeam, city } of profiles.map((one) => mapped(one))) {
      for (const text of [name, department, favouriteTeam, city]) expect(String(text)).toMatch(/^[a-z2-7]{16}$/);
    }
    expect(bytes.includes("Takeover")).toBe(false);
    expect(bytes.includes("Initech")).toBe(false);
    for (const word of ["SYMANTEC", "acme.merger", "everything", "hardware"]) expect(bytes.includes(word)).toBe(false);
  });

  it("stays where Okta chooses it", () => {
    for (const { type } of profiles) expect(type).toBe("OKTA_GROUP");
    expect(names.under("factors", "webauthn")).toBe("webauthn");
    expect(names.id("group:SUPER_ADMIN:assigned")).toBe("group:SUPER_ADMIN:assigned");
  });
});

/** A profile whose own attributes go by the names that they had. */
function mapped(profile: Record<string, unknown>): Record<string, unknown> {
  return { ...profile, favouriteTeam: profile[names.key("favouriteTeam")] };
}

describe("a number", () => {
  it("is another one but for counts", () => {
    for (const profile of profiles) {
      expect(profile.users_count).toBe(7);
      expect([471_147, 471_148]).not.toContain(profile.employeeNumber);
      expect([471_147, 471_148]).not.toContain(profile.id);
      expect(profile[names.key("shoe")]).not.toBe(42);
    }
  });

  it("is not that of somebody else: those of an org's people stay apart", () => {
    const numbers = new Set(Array.from({ length: 50_000 }, (_, at) => names.number(at)));
    expect(numbers.size).toBe(50_000);
  });
});
