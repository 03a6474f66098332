import { describe, expect, it } from "vitest";
import { goldenPath } from "../../baton/model/golden.ts";
import { runHere } from "../in-process.ts";

const FILE = goldenPath("reference.c1z");

const json = async (...words: string[]) => {
  const { code, stdout } = await runHere(["snapshot", ...words, "-o", "json", "--limit", "0"]);
  expect(code).toBe(0);
  return stdout === ""
    ? []
    : stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
};

describe("questions over a snapshot that another program wrote", () => {
  it("access and who say the same of the same access, by login, email, name and id", async () => {
    const [holder] = (await json("grants", FILE, "-t", "role")).filter((row) => row.principal_type === "user");
    const { login, principal, entitlement } = holder;
    const mine = await json("access", FILE, login.toUpperCase());
    expect(mine).toEqual(await json("access", FILE, `user:${principal}`));
    const one = mine.find((row) => row.entitlement === entitlement);
    const [same] = (await json("who", FILE, entitlement)).filter((row) => row.principal === principal);
    expect(same).toMatchObject({ direct: one.direct, why: one.why, paths: one.paths });
    expect(mine[0].resource_type).toMatch(/role|binding|resource-set/);
  });

  it("takes the file as --file too, and prints tables and CSV", async () => {
    const table = await runHere(["snapshot", "resource-types", "-f", FILE]);
    expect(table.stdout).toMatch(/^ {2}resource type +display name +resources/);
    expect(table.stdout).toMatch(/^ {2}user +User +72 +0 +0$/m);
    const csv = await runHere(["snapshot", "resources", FILE, "-t", "group", "-o", "csv", "--limit", "2"]);
    expect(csv.stdout.split("\r\n")).toHaveLength(4);
    expect(csv.stdout).toMatch(/^resource_type,resource,name,login,email,status\r\n/);
  });

  it("lists syncs and entitlements", async () => {
    const [sync] = await json("syncs", FILE);
    expect(sync).toMatchObject({ current: true, type: "full" });
    const entitlements = await json("entitlements", FILE, "-t", "app");
    expect(entitlements).toHaveLength(12);
    expect(entitlements[0]).toMatchObject({ resource_type: "app", slug: "access" });
  });

  it("compares two people, and says what a group's removal would do", async () => {
    const [a, b] = (await json("grants", FILE, "-t", "group")).filter((row) => row.principal_type === "user");
    const sides = await json("compare", FILE, a.principal, b.principal);
    expect(sides.find((row) => row.entitlement === a.entitlement).left.direct).toBe(true);
    const [given] = (await json("grants", FILE)).filter((row) => row.principal_type === "group");
    const rows = await json("what-if", FILE, "--remove", `group:${given.principal}`);
    expect(rows.every(({ outcome }) => ["loses", "keeps", "unknown"].includes(outcome))).toBe(true);
    expect(rows.some(({ entitlement }) => entitlement === given.entitlement)).toBe(true);
  });

  it.each([
    [["access", FILE, "nobody@acme.example"], 1, /holds no user/],
    [["access", FILE], 2, /takes one file and USER/],
    [["who", FILE, "group:none"], 1, /holds no entitlement or resource/],
    [["what-if", FILE], 2, /takes --remove/],
    [["grants", FILE, "-t", "planet"], 1, /no resource type planet/],
  ])("%j is refused with the reason", async (words, exit, reason) => {
    const { code, stderr } = await runHere(["snapshot", ...words]);
    expect(stderr).toMatch(reason);
    expect(code).toBe(exit);
  });
});
