import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { runHere } from "../../cli/in-process.ts";
import { oktaGroup, oktaUser, patch, startReceiver } from "../receiver.ts";

const PEOPLE = ["ada", "bob", "cy", "dee", "eve"] as const;
const STATUS: Readonly<Record<string, string>> = { bob: "DEPROVISIONED", cy: "SUSPENDED" };

const okta = {
  users: PEOPLE.map((name) => ({
    id: `00u${name}`,
    status: STATUS[name] ?? "ACTIVE",
    created: "2024-01-01T00:00:00.000Z",
    profile: { login: `u${name}@acme.example`, email: `u${name}@acme.example`, firstName: name, lastName: "X" },
  })),
  groups: ["Staff", "Ops", "Twice", "Twice"].map((name, n) => ({
    id: `00g${n}`,
    type: "OKTA_GROUP",
    objectClass: ["okta:user_group"],
    profile: { name, description: "" },
  })),
  groupMembers: { "00g0": ["00uada", "00udee"], "00g1": ["00uada"] },
  groupRoles: {},
};

let folder: string;
let store: string;
let sandbox: Sandbox;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-okta-scim-"));
  store = file("scim.db");
  const receiver = await startReceiver(store);
  const ids: Record<string, string> = {};
  // Eve was never pushed, Zed is not in Okta any more, and Bob's deactivation and Dee's membership never arrived.
  for (const name of ["ada", "bob", "cy", "dee", "zed"]) {
    ids[name] = (await receiver.send("POST", "/Users", oktaUser(name))).body.id;
  }
  const old = await receiver.send("POST", "/Users", oktaUser("old", { externalId: "00uada", active: false }));
  const staff = (await receiver.send("POST", "/Groups", oktaGroup("Staff", [ids.ada!, ids.cy!]))).body.id;
  await receiver.send("POST", "/Groups", oktaGroup("Ops", [ids.ada!, "a-stranger"]));
  await receiver.send("POST", "/Groups", oktaGroup("Gone"));
  await receiver.send("POST", "/Groups", oktaGroup("Twice"));
  await receiver.send("PATCH", `/Groups/${staff}`, patch({ op: "add", path: "members", value: [{ value: ids.zed }] }));
  await receiver.send("PATCH", `/Groups/${staff}`, patch({ op: "remove", path: `members[value eq "${ids.zed}"]` }));
  ids.old = old.body.id;
  await receiver.close();
  sandbox = await startSandbox({ org: orgFromJson(okta as never), limits: "off" });
  const env = { BATON_API_TOKEN: sandbox.token };
  const synced = await runHere(["sync", "--domain", sandbox.url, "-f", file("okta.c1z")], env);
  expect(synced.code, synced.stderr).toBe(0);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a sync of what Okta pushed", () => {
  it("has users, groups and members under Okta's ids, and says what is missing", async () => {
    const { code, stdout, stderr } = await runHere([
      ...["sync", "--source", "scim", "--store", store, "-f", file("pushed.c1z"), "-o", "json"],
    ]);
    expect(code, stderr).not.toBe(1);
    expect(stdout + stderr).toContain("members of groups who were not pushed as users");
    await using pushed = await openSnapshot(file("pushed.c1z"));
    await using api = await openSnapshot(file("okta.c1z"));
    const [mine, theirs] = [pushed.content(), api.content()];
    const ada = mine.findResource("user", "00uada")!.message;
    const other = theirs.findResource("user", "00uada")!.message;
    expect(ada.status?.status).toBe(other.status?.status);
    expect(ada.profile).toMatchObject({
      ...{ login: "uada@acme.example", email: "uada@acme.example", firstName: "Given", lastName: "Family ada" },
      ...{ department: "R&D", employeeNumber: "Eada" },
    });
    expect(ada.annotations.map(({ typeUrl }) => typeUrl)).toEqual(other.annotations.map(({ typeUrl }) => typeUrl));
    // Of two that were pushed with one id, the active one is the person; the other is still shown.
    const logins = [...mine.resources("user")].map(({ message }) => String(message.profile?.login)).sort();
    expect(logins).toEqual(["ada", "bob", "cy", "dee", "old", "zed"].map((name) => `u${name}@acme.example`));
    const groups = new Map(
      [...mine.resources("group")].map(({ message }) => [message.displayName, message.id!.resource]),
    );
    const members = (name: string) =>
      [...mine.grants({ entitlementId: `group:${groups.get(name)}:member` })]
        .map(({ principal }) => principal.id)
        .sort();
    expect(members("Staff")).toEqual(["00uada", "00ucy"]);
    expect(members("Ops")).toEqual(["00uada"]);
  });

  it("refuses a store that is not there, filters that would do nothing, and changes", async () => {
    const missing = await runHere(["sync", "--source", "scim", "--store", file("typo.db"), "-f", file("x.c1z")]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("no SCIM store")]);
    const pushed = ["--source", "scim", "--store", store];
    const filtered = await runHere(["sync", ...pushed, "--skip-app-groups", "-f", file("x.c1z")]);
    expect([filtered.code, filtered.stderr]).toEqual([2, expect.stringContaining("--skip-app-groups")]);
    const change = await runHere(["grant", "group:00g0:member", "00ubob", ...pushed]);
    expect(change.code).toBe(2);
  });

  it("tells what was pushed as events, and goes on from a cursor", async () => {
    const all = await runHere(["events", "--source", "scim", "--store", store]);
    expect(all.code, all.stderr).toBe(0);
    const events = all.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.filter((event) => event.createRevokeEvent)).toHaveLength(1);
    expect(events.find((event) => event.createRevokeEvent).createRevokeEvent.principal.id.resource).toBe("00uzed");
    expect(events.filter((event) => event.resourceChangeEvent).length).toBeGreaterThan(9);
    const cursor = /scim1\.\d+/.exec(all.stderr)![0];
    const rest = await runHere(["events", "--source", "scim", "--store", store, "--cursor", cursor]);
    expect([rest.code, rest.stdout]).toEqual([0, ""]);
  });
});

describe("scim check", () => {
  it("names what never arrived, and what to do", async () => {
    const { code, stdout, stderr } = await runHere([
      "scim",
      "check",
      "-f",
      file("okta.c1z"),
      "--store",
      store,
      "-o",
      "json",
    ]);
    expect(code, stderr).toBe(1);
    const report = JSON.parse(stdout);
    const named = report.findings.map(({ sort, user, group }: Record<string, { id: string; name?: string }>) => [
      sort,
      user?.id,
      group?.name,
    ]);
    expect(named).toEqual(
      expect.arrayContaining([
        ["missed-deactivation", "00ubob", undefined],
        ["suspended-in-okta", "00ucy", undefined],
        ["unknown-in-okta", "00uzed", undefined],
        ["not-pushed", "00ueve", undefined],
        ["member-not-removed", "00ucy", "Staff"],
        ["member-not-added", "00udee", "Staff"],
        ["group-unknown", undefined, "Gone"],
        ["group-ambiguous", undefined, "Twice"],
      ]),
    );
    expect(report.counts["missed-deactivation"]).toBe(1);
    const text = await runHere(["scim", "check", "-f", file("okta.c1z"), "--store", store]);
    expect(text.stdout).toContain("ubob@acme.example (00ubob)");
    expect(text.stdout).toContain("To do: ");
  });

  it("leaves out what was pushed after the snapshot was begun", async () => {
    const receiver = await startReceiver(store);
    const found = await receiver.send("GET", `/Users?filter=${encodeURIComponent('userName eq "ubob@acme.example"')}`);
    const path = `/Users/${found.body.Resources[0].id}`;
    await receiver.send("PATCH", path, patch({ op: "replace", value: { title: "Bob" } }));
    await receiver.close();
    const { stdout } = await runHere(["scim", "check", "-f", file("okta.c1z"), "--store", store, "-o", "json"]);
    const report = JSON.parse(stdout);
    expect([report.pushedSince, report.counts["missed-deactivation"]]).toEqual([1, 0]);
  });
});
