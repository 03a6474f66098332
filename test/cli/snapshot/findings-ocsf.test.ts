import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ocsfProblems } from "../../baton/access/findings/ocsf-schema.ts";
import { goldenPath } from "../../baton/model/golden.ts";
import { runHere } from "../in-process.ts";

const FILE = goldenPath("reference.c1z");
const folder = mkdtempSync(join(tmpdir(), "ocsf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// biome-ignore lint/suspicious/noExplicitAny: an event may hold anything.
function linesOf(text: string): Record<string, any>[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const events = async (...words: string[]) =>
  linesOf((await runHere(["snapshot", "findings", FILE, "-o", "ocsf", ...words])).stdout);

describe("findings as OCSF 2008", () => {
  it("hold against the published schema", async () => {
    const found = await events();
    expect(found.length).toBeGreaterThan(60);
    expect([...new Set(found.flatMap((event) => ocsfProblems(event)))]).toEqual([]);
  });

  it("are refused by the same check where they do not", async () => {
    const [event] = await events();
    const { finding_info: _, ...without } = event!;
    expect(ocsfProblems(without)).toEqual(["event has no finding_info"]);
    expect(ocsfProblems({ ...event, time: 1_700_000_000 })).toHaveLength(1);
    expect(ocsfProblems({ ...event, severity_id: 7 })).toHaveLength(1);
    expect(ocsfProblems({ ...event, permission_analysis_results: undefined })[0]).toMatch(/none of|no list/);
  });

  it("say what counts, what is suppressed and what is not known, as the rows do", async () => {
    const rows = linesOf((await runHere(["snapshot", "findings", FILE, "-o", "json", "--limit", "0"])).stdout);
    const found = await events();
    const states = (status: string) => found.filter((event) => event.status === status);
    expect(states("New")).toHaveLength(rows.filter(({ state }) => state === "finding").length);
    expect(states("Not known")).toHaveLength(rows.filter(({ state }) => state === "not known").length);
    expect(states("Not known").every(({ severity_id }) => severity_id === 0)).toBe(true);
    const [first] = rows;
    const file = join(folder, "accepted.json");
    const { rule, subject } = first!;
    writeFileSync(file, JSON.stringify([{ rule, subject, reason: "known", expires: "2099-01-01" }]));
    const suppressed = (await events("--suppressions", file)).filter(({ status_id }) => status_id === 3);
    expect(suppressed[0]).toMatchObject({ status: "Suppressed", status_detail: "known (until 2099-01-01)" });
  });

  it("name whom they are about", async () => {
    const user = (await events()).find(({ finding_info }) => finding_info.types[0] === "admin-not-active");
    expect(user!.user).toMatchObject({ uid: expect.stringMatching(/^00u/), email_addr: expect.stringMatching(/@/) });
    expect(user).toMatchObject({ severity: "High", remediation: { desc: expect.stringMatching(/./) } });
  });

  it("are a file beside the users in an export", async () => {
    const to = join(folder, "export");
    expect((await runHere(["snapshot", "export", FILE, "--format", "ocsf", to])).code).toBe(0);
    expect(readdirSync(to).sort()).toEqual(["iam_analysis_findings.jsonl", "user_inventory.jsonl"]);
    const found = linesOf(readFileSync(join(to, "iam_analysis_findings.jsonl"), "utf8"));
    expect(found).toEqual(await events());
  });

  it("are for findings only", async () => {
    expect((await runHere(["snapshot", "grants", FILE, "-o", "ocsf"])).code).toBe(2);
  });
});
