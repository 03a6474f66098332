import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RISKS } from "../../../src/okta/risks/risks.ts";
import { goldenPath } from "../../baton/model/golden.ts";
import { runHere } from "../in-process.ts";

const FILE = goldenPath("reference.c1z");
const folder = mkdtempSync(join(tmpdir(), "findings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (...words: string[]) => runHere(["snapshot", "findings", FILE, ...words]);

async function rows(...words: string[]) {
  const { stdout } = await ask("-o", "json", ...words);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function accepted(entries: unknown): string {
  const file = join(folder, "accepted.json");
  writeFileSync(file, JSON.stringify(entries));
  return file;
}

describe("snapshot findings", () => {
  it("says of each finding who, what, why, what to do and the source, worst first", async () => {
    const found = (await rows()).filter(({ state }) => state === "finding");
    expect(found.length).toBeGreaterThan(50);
    for (const row of found) {
      for (const field of ["rule", "severity", "subject", "what", "title", "why", "remedy", "fingerprint"]) {
        expect(row[field], field).toEqual(expect.stringMatching(/./));
      }
      expect(row.sources).not.toEqual([]);
    }
    const order = ["critical", "high", "medium", "low"];
    const ranks = found.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted());
  });

  it("never takes for fine what the snapshot does not hold", async () => {
    const unknown = (await rows()).filter(({ state }) => state === "not known").map(({ rule }) => rule);
    const reach = RISKS.filter(({ needs }) => needs.includes("--sync-reach")).map(({ id }) => id);
    expect(reach.length).toBeGreaterThan(6);
    for (const rule of reach) expect(unknown, rule).toContain(rule);
  });

  it("ends with its own exit code where something is as bad as --fail-on says", async () => {
    expect((await ask()).code).toBe(0);
    expect((await ask("--fail-on", "high")).code).toBe(5);
    expect((await ask("--fail-on", "high", "--limit", "1")).code).toBe(5);
    expect((await ask("--fail-on", "critical")).code).toBe(0);
    expect((await ask("--fail-on", "critical", "--fail-on-unknown")).code).toBe(5);
    expect((await ask("--fail-on", "dreadful")).code).toBe(2);
  });

  it("leaves out of a cut list findings only, and says so", async () => {
    const all = await rows();
    const cut = await rows("--limit", "3");
    const unknown = all.filter(({ state }) => state === "not known");
    expect(cut).toHaveLength(3 + unknown.length);
    expect((await ask("--limit", "3")).stderr).toMatch(/findings more; --limit 0 shows all/);
  });

  it("suppresses for a reason and until a day, and shows both", async () => {
    const high = (await rows()).filter(({ state, severity }) => state === "finding" && severity === "high");
    const entries = high.map(({ rule, subject }) => ({ rule, subject, reason: "known", expires: "2026-12-31" }));
    const file = accepted(entries);
    const now = ["--suppressions", file, "--fail-on", "high", "--now"];
    expect((await ask(...now, "2026-12-31T23:59:59Z")).code).toBe(0);
    const shown = (await rows(...now, "2026-12-31")).filter(({ state }) => state === "suppressed");
    expect(shown).toHaveLength(high.length);
    expect(shown[0]).toMatchObject({ reason: "known", expires: "2026-12-31" });
    const late = await ask(...now, "2027-01-01T00:00:00Z");
    expect(late.code).toBe(5);
    expect(late.stderr).toMatch(/has expired on 2026-12-31: its findings count again/);
  });

  it("tells of a suppression that matches nothing", async () => {
    const entry = { rule: "admin-idle", subject: "user:nobody", reason: "x", expires: "2099-01-01" };
    const { stderr, code } = await ask("--suppressions", accepted({ suppressions: [entry] }));
    expect(stderr).toMatch(/the suppression of admin-idle for user:nobody matches no finding/);
    expect(code).toBe(0);
  });

  it.each([
    [[{ rule: "admin-idel", subject: "a", reason: "x", expires: "2099-01-01" }], /did you mean admin-idle/i],
    [[{ rule: "admin-idle", subject: "a", expires: "2099-01-01" }], /has no reason/],
    [[{ rule: "admin-idle", subject: "a", reason: " ", expires: "2099-01-01" }], /has no reason/],
    [[{ rule: "admin-idle", subject: "a", reason: "x" }], /has no expires/],
    [[{ rule: "admin-idle", subject: "a", reason: "x", expires: "2099-02-31" }], /is no day/],
    [[{ rule: "admin-idle", subject: "a", reason: "x", expires: "2099-01-01", note: "" }], /has a field "note"/],
    [{ suppress: [] }, /holds no list/],
    [["admin-idle"], /is no object/],
  ])("refuses the suppressions %j", async (entries, reason) => {
    const { stderr, code } = await ask("--suppressions", accepted(entries));
    expect(stderr).toMatch(reason);
    expect(code).toBe(2);
  });

  it("reads suppressions as YAML", async () => {
    const file = join(folder, "accepted.yaml");
    writeFileSync(file, "- rule: admin-idle\n  subject: user:nobody\n  reason: x\n  expires: 2099-01-01\n");
    expect((await ask("--suppressions", file)).stderr).toMatch(/matches no finding/);
    writeFileSync(file, "a: &a [1]\nb: *a\n");
    expect((await ask("--suppressions", file)).code).toBe(2);
  });

  it("explains each rule under the table, and counts what could not be judged", async () => {
    const { stdout } = await ask();
    expect(stdout).toMatch(/^admin-not-active \(high\):$/m);
    expect(stdout).toMatch(/^Of \d+ rules, \d+ could not be judged/m);
    expect(stdout).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\p{Cc}(?<!\n)/u);
  });

  it("is SARIF only where it is asked for", async () => {
    expect((await runHere(["snapshot", "grants", FILE, "-o", "sarif"])).code).toBe(2);
  });
});
