import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EntitlementSchema } from "../../../src/gen/c1/connector/v2/entitlement_pb.ts";
import {
  ResourceSchema,
  ResourceTypeSchema,
  ResourceType_Trait as Trait,
} from "../../../src/gen/c1/connector/v2/resource_pb.ts";
import { makeSnapshot, scratch } from "../../baton/snapshot/build.ts";
import { served, type Visitor } from "../served.ts";

const NAMES = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  '=HYPERLINK("http://evil.example")',
  "\u202Egnp.exe",
  "a\u0000b\nc\td",
  "__proto__",
  "%00%2e%2e/",
  "' OR 1=1 --",
  "x".repeat(10_000),
  "",
];
const IDS = ["a/b", "a%2Fb", "a?b#c", "a:b:c", "ü ☃", "__proto__", "constructor", "' OR 1=1 --", "a\nb", "%"];

const { folder, remove } = scratch();
let site: Awaited<ReturnType<typeof served>>;
let me: Visitor;

beforeAll(async () => {
  const resource = (type: string, id: string, displayName: string) =>
    create(ResourceSchema, {
      id: { resourceType: type, resource: id },
      displayName,
      profile: { ["__proto__"]: displayName, toString: displayName, department: displayName },
    });
  const group = resource("group", "g/1", "<b>all</b>");
  const role = resource("role", "r", "role");
  const users = IDS.map((id, i) => resource("user", id, NAMES[i]!));
  const member = create(EntitlementSchema, { resource: group, id: "group:g/1:member", displayName: "<i>member</i>" });
  const assigned = create(EntitlementSchema, { resource: role, id: "role:r:assigned", displayName: "assigned" });
  const grant = (entitlement: typeof member, principal: typeof group) => ({
    granted: { id: entitlement.id, v1Id: entitlement.id, resource: entitlement.resource! },
    principalType: principal.id!.resourceType,
    principalId: principal.id!.resource,
  });
  const file = await makeSnapshot(folder(), [
    {
      syncId: "hostile",
      resourceTypes: [
        create(ResourceTypeSchema, { id: "user", displayName: "User", traits: [Trait.USER] }),
        create(ResourceTypeSchema, { id: "group", displayName: "<u>Group</u>", traits: [Trait.GROUP] }),
        create(ResourceTypeSchema, { id: "role", displayName: "Role", traits: [Trait.ROLE] }),
      ],
      resources: [group, role, ...users],
      entitlements: [member, assigned],
      grants: [
        ...users.map((user) => grant(member, user)),
        grant(assigned, group),
        // Whom the snapshot does not hold holds something all the same.
        grant(member, resource("user", "nobody", "")),
        grant(create(EntitlementSchema, { resource: resource("app", "gone", ""), id: "app:gone:access" }), users[0]!),
      ],
    },
  ]);
  site = await served({ file });
  me = await site.visit();
});
afterAll(async () => {
  await site.close();
  remove();
});

describe("a snapshot with hostile names", () => {
  it("is shown as it is, as JSON that nobody takes for a page", async () => {
    const answer = await me.get("/api/resources?type=user&limit=200&fields=__proto__,toString,department,constructor");
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const { rows } = await answer.json();
    const byId = new Map<string, { name: string; fields: Record<string, string> }>(
      rows.map((row: { id: string }) => [row.id, row]),
    );
    for (const [i, id] of IDS.entries()) {
      expect(byId.get(id)?.name).toBe(NAMES[i]);
      expect(Object.hasOwn(byId.get(id)!.fields, "toString")).toBe(true);
      expect(byId.get(id)!.fields.constructor).toBeNull();
    }
  });

  it("is found by its names, whatever is in them", async () => {
    for (const [i, name] of NAMES.entries()) {
      if (name.trim() === "" || name.includes("\0")) continue;
      const { hits } = await me.json(`/api/search?q=${encodeURIComponent(name.slice(0, 150))}`);
      expect(
        hits.map(({ id }: { id: string }) => id),
        name,
      ).toContain(IDS[i]);
    }
  });

  it("has each thing under its own address", async () => {
    for (const id of IDS) {
      const at = `/api/resources/user/${encodeURIComponent(id)}`;
      expect((await me.json(at)).id).toBe(id);
      const access = await me.json(`${at}/access`);
      expect(access.rows.map(({ entitlement }: { entitlement: string }) => entitlement)).toContain("role:r:assigned");
      expect((await me.json(`${at}/graph`)).nodes.length).toBeGreaterThan(2);
      expect((await me.json(`${at}/history`)).points[0].present).toBe(true);
    }
    expect(
      (await me.json(`/api/compare?left=${encodeURIComponent("user:a/b")}&right=${encodeURIComponent("user:a%2Fb")}`))
        .counts.both,
    ).toBe(2);
  });

  it("has as holders whom groups bring, and whom it does not hold itself", async () => {
    const { rows, total } = await me.json("/api/resources/role/r/holders?limit=200");
    const ids = rows.map(({ principal }: { principal: { id: string } }) => principal.id);
    expect(ids).toEqual(expect.arrayContaining([...IDS, "g/1", "nobody"]));
    expect(total).toBe(IDS.length + 2);
    const nobody = rows.find(({ principal }: { principal: { id: string } }) => principal.id === "nobody");
    expect(nobody.principal).toMatchObject({ known: false, name: "" });
    expect((await me.json("/api/resources/user/nobody")).held).toBe(2);
    const lost = await me.json("/api/resources/app/gone/holders?entitlement=app:gone:access");
    expect(lost.rows).toHaveLength(1);
  });

  it("cannot put a formula into a table that is exported", async () => {
    const text = await (await me.get("/api/resources?type=user&format=csv&fields=department")).text();
    expect(text).not.toMatch(/(^|,)"?[=+@]/m);
    expect(text).toContain("'=HYPERLINK");
  });

  it("cannot name the file that is exported", async () => {
    const answer = await me.get(`/api/resources/user/${encodeURIComponent("a\nb")}/access?format=csv`);
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
  });
});
