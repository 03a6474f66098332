import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Grant } from "../../../src/baton/model/grant.ts";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import { type Resource, ResourceSchema } from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../../baton/snapshot/build.ts";
import { HOSTILE_TEXT, rawIn } from "../../hostile/text.ts";
import { runHere } from "../in-process.ts";

const made = scratch();
afterAll(made.remove);

function resource(type: string, id: string, profile: Record<string, string | string[]> = {}): Resource {
  return create(ResourceSchema, {
    id: { resourceType: type, resource: id },
    displayName: `${type} ${id}`,
    profile: { ...profile },
  });
}

const OBJECTS = [
  resource("role", "SUPER_ADMIN"),
  resource("role", "READ_ONLY_ADMIN"),
  resource("custom-role", "cr1"),
  resource("group", "gAdmin"),
  resource("group", "gPlain"),
  resource("app", "a1"),
  resource("api-scope", "okta.users.manage"),
];
const SLUGS: Readonly<Record<string, string>> = { group: "member", app: "access", "api-scope": "granted" };

const on = (type: string, id: string) => {
  const found = OBJECTS.find((one) => one.id?.resourceType === type && one.id.resource === id)!;
  return { id: `${type}:${id}:${SLUGS[type] ?? "assigned"}`, v1Id: "x", resource: found };
};
const grant = (type: string, id: string, principalId: string, principalType = "user"): Grant => ({
  granted: on(type, id),
  principalType,
  principalId,
});

const entitlements = OBJECTS.map((one) => {
  const { id } = on(one.id!.resourceType, one.id!.resource);
  return create(EntitlementSchema, { id, resource: one, slug: id.slice(id.lastIndexOf(":") + 1) });
});

const always = [grant("role", "READ_ONLY_ADMIN", "gAdmin", "group"), grant("role", "READ_ONLY_ADMIN", "u1")];

let file: string;

beforeAll(async () => {
  const user = (profile: Record<string, string>) => resource("user", "u1", profile);
  file = await makeSnapshot(made.folder(), [
    {
      syncId: "before",
      resources: [...OBJECTS, user({ department: "Sales", title: "=1+1", city: "Bern" })],
      entitlements,
      grants: [...always, grant("role", "SUPER_ADMIN", "u9")],
    },
    {
      syncId: "after",
      resources: [
        ...OBJECTS,
        user({ department: `Support ${HOSTILE_TEXT}`, title: "=1+2", floor: "3" }),
        resource("api-token", "t1"),
        resource("group-rule", "r1", { status: "ACTIVE", group_ids: ["gAdmin"] }),
      ],
      entitlements,
      grants: [
        ...always,
        grant("group", "gPlain", "u2"),
        grant("app", "a1", "u2"),
        grant("api-scope", "okta.users.manage", "a1", "app"),
        grant("group", "gAdmin", "u2"),
        grant("custom-role", "cr1", "u2"),
        grant("role", "SUPER_ADMIN", "u2"),
      ],
    },
  ]);
});

const ask = (...words: string[]) => runHere(["snapshot", "diff", file, ...words]);

async function rows(...words: string[]) {
  const { stdout } = await ask("-o", "json", ...words);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("snapshot diff", () => {
  it("tells the most dangerous first", async () => {
    expect((await rows()).map(({ danger, change, id }) => `${danger} ${change} ${id}`)).toEqual([
      "critical added role:SUPER_ADMIN:assigned:user:u2",
      "high added custom-role:cr1:assigned:user:u2",
      "high added group:gAdmin:member:user:u2",
      "high added group-rule:r1",
      "medium added api-scope:okta.users.manage:granted:app:a1",
      "medium added api-token:t1",
      "medium added app:a1:access:user:u2",
      "low added group:gPlain:member:user:u2",
      "low removed role:SUPER_ADMIN:assigned:user:u9",
      "info changed user:u1",
    ]);
  });

  it("says what changed inside an object, field by field, old and new", async () => {
    const changed = (await rows()).find(({ id }) => id === "user:u1");
    expect(changed).toMatchObject({ change: "changed", what: "resource", name: "user u1", resource: "user:u1" });
    expect(changed.fields).toEqual([
      { field: "profile.city", before: "Bern", after: null },
      { field: "profile.department", before: "Sales", after: `Support ${HOSTILE_TEXT}` },
      { field: "profile.floor", before: null, after: "3" },
      { field: "profile.title", before: "=1+1", after: "=1+2" },
    ]);
  });

  it("is CSV with a row for each field, and no value is a formula", async () => {
    const { stdout } = await ask("-o", "csv");
    const lines = stdout.split("\r\n");
    expect(lines[0]).toBe(
      "danger,why,change,what,id,name,principal,resource,resource_name,entitlement,temporary,field,before,after",
    );
    expect(lines.filter((line) => line.includes(",changed,resource,user:u1,"))).toHaveLength(4);
    expect(stdout).toContain("profile.title,'=1+1,'=1+2");
  });

  it("is laid out for people, and no text of the snapshot commands the terminal", async () => {
    const { stdout } = await ask();
    expect(stdout).toMatch(/^critical: new super administrator\n\+ grant role:SUPER_ADMIN:assigned:user:u2/);
    expect(stdout).toMatch(/^ {4}profile\.department: Sales -> Support/m);
    expect(stdout).toMatch(/^ {4}profile\.city: Bern -> \(nothing\)$/m);
    expect(rawIn(stdout)).toEqual([]);
  });

  it.each(["table", "json", "csv"])("says what a limit leaves out, as %s", async (form) => {
    const { stdout, stderr } = await ask("--limit", "2", "-o", form);
    expect(stdout + stderr).toMatch(/8 differences more; --limit 0 shows all/);
    expect((await ask("--limit", "0", "-o", form)).stderr).toBe("");
  });

  it("cuts what would push everything else off the screen, and nothing that a program reads", async () => {
    const long = "x".repeat(1_000_000);
    const user = (name: string) =>
      create(ResourceSchema, { id: { resourceType: "user", resource: "u" }, displayName: name });
    const big = await makeSnapshot(made.folder(), [
      { syncId: "a", resources: [user(`${long}a`)] },
      { syncId: "b", resources: [user(`${long}b`)] },
    ]);
    expect((await runHere(["snapshot", "diff", big])).stdout.length).toBeLessThan(2_000);
    const { fields } = JSON.parse((await runHere(["snapshot", "diff", big, "-o", "json"])).stdout);
    expect(fields).toEqual([{ field: "display_name", before: `${long}a`, after: `${long}b` }]);
  });

  it("says that nothing changed", async () => {
    expect((await runHere(["snapshot", "diff", file, file])).stdout).toBe("The two hold the same.\n");
  });
});
