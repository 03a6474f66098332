import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Item } from "../../../src/review/population/item.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { jsonLines, readSheet, review, syncTo, writeSheet } from "./campaign.ts";

const T = "2025-01-01T00:00:00.000Z";
const RECENTLY = new Date(Date.now() - 86_400_000).toISOString();

const user = (id: string, more: { status?: string } & Record<string, unknown> = {}) => {
  const { status = "ACTIVE", ...profile } = more;
  const login = `${id}@acme.example`;
  return {
    ...{
      id: `00u${id}`,
      status,
      created: T,
      activated: T,
      statusChanged: T,
      lastUpdated: T,
      passwordChanged: RECENTLY,
    },
    lastLogin: status === "ACTIVE" ? RECENTLY : null,
    profile: { login, email: login, firstName: id, lastName: "Last", ...profile },
  };
};
const group = (id: string, type = "OKTA_GROUP") => ({
  ...{ id: `00g${id}`, created: T, lastUpdated: T, lastMembershipUpdated: T, objectClass: [`okta:${type}`], type },
  profile: { name: id, description: null },
});
const app = (id: string, more = {}) => ({
  ...{ id: `0oa${id}`, name: id, label: id, status: "ACTIVE", created: T, lastUpdated: T, signOnMode: "SAML_2_0" },
  ...{ visibility: { hide: {} }, settings: { app: {} }, features: [], ...more },
});
const role = (id: string, type: string, label: string, assignmentType: string) => ({
  ...{ id, type, label, assignmentType, status: "ACTIVE", created: T, lastUpdated: T },
});
const ids = (...names: string[]) => names.map((name) => `00u${name}`);
const direct = (...names: string[]) => ids(...names).map((id) => ({ id, scope: "USER", status: "ACTIVE" }));
const owner = (id: string, type = "USER") => ({ id, type, displayName: id, resolved: true, lastUpdated: T });

/** How profiles name a manager, each of somebody who has the app "crm"; and who that is. */
const MANAGED: readonly (readonly [string, Record<string, unknown>, string | RegExp])[] = [
  ["byid", { managerId: "00umid" }, "mid"],
  ["bylogin", { managerId: "MID@Acme.Example" }, "mid"],
  ["bymail", { manager: "mid.mail@acme.example" }, "mid"],
  ["bynumber", { managerId: "77" }, "mid"],
  ["byname", { manager: "Mid Manager" }, "mid"],
  ["turned", { manager: "manager,  mid" }, "mid"],
  ["byparts", { manager: "Middy Last" }, "mid"],
  ["bydn", { managerId: "CN=Mid Manager,OU=People,DC=acme" }, "mid"],
  ["second", { managerId: "HR-99", manager: "Mid Manager" }, "mid"],
  ["twins", { manager: "Twin" }, /names several people/],
  ["oneactive", { manager: "Gone Twin" }, "goneactive"],
  ["self", { managerId: "self@acme.example" }, /own access/],
  ["selfname", { displayName: "Same Name", manager: "Same Name" }, /own access/],
  ["cycle1", { managerId: "00ucycle2" }, "cycle2"],
  ["cycle2", { managerId: "00ucycle1" }, "cycle1"],
  ["orphan", { managerId: "00uleft" }, /is not active \(DEPROVISIONED\)/],
  ["unknown", { managerId: "nobody@acme.example" }, /is not in the snapshot/],
  ["noman", {}, /manager: not known/],
  ["bysvc", { managerId: "00usvc" }, /is no person/],
  ["svc", { userType: "Service Account", managerId: "00umid" }, "appadmin"],
];

const ORG = {
  users: [
    ...MANAGED.map(([id, profile]) => user(id, profile)),
    user("mid", {
      displayName: "Mid Manager",
      firstName: "Middy",
      employeeNumber: "77",
      email: "Mid.Mail@acme.example",
    }),
    ...["twin1", "twin2"].map((id) => user(id, { displayName: "Twin" })),
    user("goneactive", { displayName: "Gone Twin" }),
    ...["goneleft", "left"].map((id) => user(id, { displayName: "Gone Twin", status: "DEPROVISIONED" })),
    ...["boss", "appadmin"].map((id) => user(id)),
  ],
  groups: [group("admins"), group("owners"), group("ruled"), group("Everyone", "BUILT_IN"), group("ad", "APP_GROUP")],
  apps: [
    app("crm"),
    app("both"),
    app("svc", {
      signOnMode: "OPENID_CONNECT",
      settings: { oauthClient: { application_type: "service", grant_types: ["client_credentials"] } },
    }),
  ],
  groupMembers: {
    "00gadmins": ids("byid", "mid"),
    "00gowners": ids("mid", "twin1"),
    "00gEveryone": ids("byid"),
    "00gad": ids("byid"),
  },
  groupOwners: { "00gadmins": [owner("00gowners", "GROUP")] },
  appUsers: { "0oacrm": direct(...MANAGED.map(([id]) => id)), "0oaboth": direct("byid") },
  appGroups: { "0oaboth": ["00gadmins"] },
  userRoles: {
    "00uboss": [role("ra1", "SUPER_ADMIN", "Super Administrator", "USER")],
    "00uappadmin": [role("ra3", "APP_ADMIN", "Application Administrator", "USER")],
    ...Object.fromEntries(
      ids("byid", "mid").map((id) => [id, [role("gra2", "READ_ONLY_ADMIN", "Read-Only Administrator", "GROUP")]]),
    ),
  },
  groupRoles: { "00gadmins": [role("gra2", "READ_ONLY_ADMIN", "Read-Only Administrator", "GROUP")] },
  roleTargets: { ra3: { groups: [], apps: [{ name: "crm", id: "0oacrm" }] } },
  clientRoles: { "0oasvc": [role("ra4", "APP_ADMIN", "Application Administrator", "CLIENT")] },
  apiTokens: [
    {
      id: "00Tboss",
      name: "boss token",
      userId: "00uboss",
      clientName: "x",
      tokenWindow: "P30D",
      network: { connection: "ANYWHERE" },
      created: T,
      lastUpdated: T,
    },
  ],
};

let folder: string;
let sandbox: Sandbox;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-population-"));
  sandbox = await startSandbox({ org: orgFromJson(ORG), limits: "off" });
  await syncTo(sandbox, at("one.c1z"), "--sync-reach", "--sync-secrets");
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function start(name: string, ...more: string[]): Promise<Item[]> {
  const ended = await review(sandbox, "start", "--name", name, "-f", at("one.c1z"), "--dir", at(name), ...more);
  expect([ended.code, ended.stderr]).toEqual([0, ""]);
  return jsonLines(at(name), "population.jsonl") as unknown as Item[];
}

const find = (items: readonly Item[], principal: string, entitlement: string) =>
  items.find((item) => item.principal.id === principal && item.entitlement.id === entitlement)!;

describe("the manager", () => {
  it("is whom the profile means, however it says so, where that is one active person and nobody else's self", async () => {
    const items = await start("managers", "--scope", "app:0oacrm", "--reviewers", "manager");
    for (const [id, , expected] of MANAGED) {
      const { reviewer } = find(items, `00u${id}`, "app:0oacrm:access");
      const email = expected === "mid" ? "mid.mail@acme.example" : `${expected}@acme.example`;
      if (typeof expected === "string") expect([id, reviewer.name]).toEqual([id, email]);
      else expect([id, reviewer.name, reviewer.notes.join()]).toEqual([id, "", expect.stringMatching(expected)]);
    }
  });
});

describe("owners", () => {
  it("of an app are those whose admin role is for it", async () => {
    const items = await start("app-owners", "--scope", "app:0oacrm", "--reviewers", "owner");
    for (const { reviewer } of items)
      expect([reviewer.name, reviewer.source]).toEqual(["appadmin@acme.example", "owner"]);
  });

  it("of a group that holds something decide on it, but for its members", async () => {
    const items = await start("group-owners", "--scope", "app:0oaboth");
    const held = find(items, "00gadmins", "app:0oaboth:access");
    expect(held.reviewer).toMatchObject({ name: "twin1@acme.example", source: "owner" });
    expect(held.reviewer.notes.join()).toContain("is a member, and would decide on their own access");
    expect(held.remedy).toMatchObject({ how: "revoke", what: expect.stringContaining("its 2 members lose it too") });
    // Nor do they get it by being handed it, or by a later decision.
    const words = ["delegate", "--dir", at("group-owners"), "--from", "twin1@acme.example", "-o", "json", "--to"];
    const kept = JSON.parse((await review(sandbox, ...words, "MID@acme.example")).stdout);
    expect(kept).toEqual({ moved: expect.any(Number), kept: [held.id] });
  });
});

describe("what is no person", () => {
  it("is in the population: service apps, and the API tokens of admins, who do not decide on them", async () => {
    const items = await start(
      "roles",
      "--scope",
      "role:*",
      "--reviewers",
      "owner,manager",
      "--fallback",
      "x@acme.example",
    );
    const app = find(items, "0oasvc", "role:APP_ADMIN:assigned");
    expect([app.principal.kind, app.reviewer.name]).toEqual(["service", "x@acme.example"]);
    const token = find(items, "00Tboss", "role:SUPER_ADMIN:assigned");
    expect(token).toMatchObject({
      principal: { type: "api-token", name: "boss token", kind: "service", lastSignIn: "" },
      ...{ direct: false, paths: ["owner user:00uboss stated", "direct stated"] },
      why: "with the rights of its owner boss Last, who has it directly",
      reviewer: { name: "x@acme.example", notes: ["owner boss@acme.example: would decide on their own access"] },
      remedy: { how: "manual", what: expect.stringContaining("revoke api-token boss token (00Tboss)") },
    });
    expect(token.findings.map(({ rule }) => rule)).toContain("super-admin-token");
    expect(items.filter(({ principal }) => principal.type === "api-token")).toHaveLength(1);
  });

  it("is there because of what was found of it, too", async () => {
    const items = await start("found", "--findings", "high");
    expect(find(items, "00Tboss", "role:SUPER_ADMIN:assigned")).toBeDefined();
  });

  it("is proved to be gone by a later sync that reads API tokens, and by no other", async () => {
    await start("token", "--scope", "role:SUPER_ADMIN", "--fallback", "x@acme.example");
    const run = (step: string, ...more: string[]) => review(sandbox, step, "--dir", at("token"), ...more);
    await run("sheet", "--out", at("token-sheets"), "--format", "csv");
    const sheet = join(at("token-sheets"), "x@acme.example.csv");
    const isToken = ({ principal_type }: Record<string, string>) => principal_type === "api-token";
    writeSheet(
      sheet,
      readSheet(sheet).map((row) => ({ ...row, decision: isToken(row) ? "REVOKE" : "APPROVE" })),
    );
    expect((await run("decide", sheet)).code).toBe(0);
    expect((await run("apply", "--yes")).stdout).toContain("0 gone, and seen to be; 1 by hand");
    await syncTo(sandbox, at("still.c1z"), "--sync-secrets");
    expect((await run("apply", "-f", at("still.c1z"))).stdout).toContain("1 still there");
    const headers = { authorization: `SSWS ${sandbox.token}` };
    const url = `${sandbox.url}/api/v1/api-tokens/00Tboss`;
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
    await syncTo(sandbox, at("without.c1z"));
    expect((await run("apply", "-f", at("without.c1z"))).stdout).toContain(
      "0 proved to be gone, 0 still there or there again, 1 not known",
    );
    await syncTo(sandbox, at("gone.c1z"), "--sync-secrets");
    expect((await run("apply", "-f", at("gone.c1z"))).stdout).toContain("1 proved to be gone");
    expect(await run("verify")).toMatchObject({ code: 0 });
  });
});

describe("what a revocation would do", () => {
  it("is nothing by itself where Okta or a directory decides who is in a group", async () => {
    const items = await start("decided", "--scope", "group:00gEveryone", "--scope", "group:00gad");
    expect(find(items, "00ubyid", "group:00gEveryone:member").remedy).toMatchObject({
      how: "manual",
      what: expect.stringContaining("by Okta itself"),
    });
    expect(find(items, "00ubyid", "group:00gad:member").remedy).toMatchObject({
      how: "manual",
      what: expect.stringContaining("take them out there"),
    });
  });
});

it("knows since when an admin role is held that has an assignment of its own", async () => {
  const items = await start("since", "--scope", "role:*");
  expect(find(items, "00uboss", "role:SUPER_ADMIN:assigned").grantedAt).toBe(T);
  expect(find(items, "00gadmins", "role:READ_ONLY_ADMIN:assigned").grantedAt).toBe(T);
  expect(find(items, "00umid", "role:READ_ONLY_ADMIN:assigned").grantedAt).toBe("");
});

it("recommends to keep nothing of somebody of whom something bad was found elsewhere", async () => {
  const items = await start("elsewhere", "--scope", "app:0oacrm");
  const { recommendation } = find(items, "00ubyid", "app:0oacrm:access");
  expect(recommendation).toMatchObject({
    decision: "NONE",
    why: expect.stringMatching(/^critical finding of other access: /),
  });
});

it("is refused where the sync is not of the whole org, unless that is wanted, and then says so first", async () => {
  await syncTo(sandbox, at("part.c1z"), "--sync-resources", "bid:r:group/00gadmins");
  const begin = (...more: string[]) =>
    review(sandbox, "start", "--name", "P", "-f", at("part.c1z"), "--dir", at("part"), "--scope", "group:*", ...more);
  expect(await begin()).toMatchObject({ code: 1, stderr: expect.stringContaining("it holds a part of the org") });
  const begun = await begin("--allow-partial");
  expect([begun.code, begun.stdout.split("\n")[0]]).toEqual([
    0,
    expect.stringMatching(/^NOT WHOLE: the snapshot is a partial/),
  ]);
});
