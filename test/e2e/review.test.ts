import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { ada, app, bob, HOSTILE, jsonLines, readSheet, startOrg, writeSheet } from "../cli/review/campaign.ts";
import { lacksBrowser, startBrowser, watch } from "../web/page/browser/browser.ts";
import { type Ended, run, start } from "./program.ts";
import { recounted, summaryPage } from "./review-summary.ts";
import { readGoldenForm } from "./snapshots.ts";

const [adas, bobs] = [ada, bob].map(({ profile }) => profile.email.toLowerCase()) as [string, string];
const AUDIT = "audit@acme.example";

let folder: string;
let sandbox: Sandbox;
let env: Record<string, string>;
const at = (...names: string[]) => join(folder, ...names);
const review = (dir: string, ...words: string[]): Promise<Ended> =>
  run(["review", ...words, "--dir", at(dir)], { env });
const sync = (file: string) => run(["sync", "--sync-custom-roles", "-f", at(file)], { env });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-e2e-"));
  sandbox = await startOrg();
  env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_LOG_LEVEL: "error" };
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(at("key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(at("key.pub"), publicKey.export({ format: "pem", type: "spki" }));
  expect((await sync("one.c1z")).code).toBe(0);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const SCOPES = ["--scope", `app:${app}`, "--scope", "role:*", "--fallback", AUDIT];

/** That the summary's page says what the lines beside it say, number by number. */
async function expectTied(dir: string, snapshot: string): Promise<ReturnType<typeof recounted>> {
  const page = summaryPage(at(dir));
  const again = recounted(at(dir), at(snapshot));
  const { resources, entitlements, grants } = await readGoldenForm(at(snapshot));
  const [held, given, granted] = [resources, entitlements, grants].map((map) => Object.keys(map).length);
  const words = ["Sync", "Scope", "No answer means"];
  expect(Object.fromEntries(Object.entries(page.facts).filter(([name]) => !words.includes(name)))).toEqual({
    ...again.numbers,
    "In the snapshot": `${held} resources, ${given} entitlements, ${granted} grants`,
  });
  const [reviewers, gone, open = []] = page.tables;
  expect(reviewers).toEqual(again.reviewers);
  expect(gone!.map(({ Item, State, Proof }) => ({ Item, State, Proof }))).toEqual(again.gone);
  expect(open.map(({ Item }) => Item)).toEqual(again.open);
  expect([page.errors, page.active]).toEqual([[], []]);
  return again;
}

describe.skipIf(lacksBrowser !== "")(
  `a review from start to proof${lacksBrowser && ` (skipped: ${lacksBrowser})`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    }, 60_000);
    afterAll(() => browser?.close());

    it("is decided by one on a sheet and by one on the page, carried out, closed and proved", {
      timeout: 60_000,
    }, async () => {
      const settings = ["--require-justification", "revoke", "--forbid-bulk", "--reading-seconds", "0"];
      const begun = await review("q4", "start", "--name", "Q4", "-f", at("one.c1z"), ...SCOPES, ...settings);
      expect(begun).toMatchObject({ code: 0, stderr: "" });
      const handed = await review("q4", "delegate", "--from", AUDIT, "--to", bobs, "--reason", "away");
      expect(handed).toMatchObject({ code: 0, stderr: "" });
      const kept = Number(/(\d+) items? kept, as nobody decides on their own access/.exec(handed.stdout)?.[1]);
      expect(kept).toBeGreaterThan(0);

      // One on the sheet: what lacks its justification is refused, and taken when it is there.
      await review("q4", "sheet", "--out", at("sheets"), "--format", "csv");
      const sheet = at("sheets", `${bobs}.csv`);
      const rows = readSheet(sheet).map((row, n) => ({ ...row, decision: n % 4 === 1 ? "REVOKE" : "APPROVE" }));
      const revoked = rows.filter(({ decision }) => decision === "REVOKE");
      expect(revoked.length).toBeGreaterThan(2);
      writeSheet(sheet, rows);
      const lacking = await review("q4", "decide", sheet, "-o", "json");
      const [taken] = JSON.parse(lacking.stdout).sheets;
      expect([lacking.code, taken.taken, taken.refused.length]).toEqual([
        1,
        rows.length - revoked.length,
        revoked.length,
      ]);
      writeSheet(
        sheet,
        rows.map((row) => ({ ...row, justification: row.decision === "REVOKE" ? "not used" : "" })),
      );

      // The other on the page, one item at a time; what is left is not decided on.
      const served = start(["review", "page", "--dir", at("q4")], { env });
      const link = await printed(served, new RegExp(`^${adas.replaceAll(".", "\\.")} +(http\\S+)`, "m"));
      const context = await browser.newContext({ reducedMotion: "reduce" });
      const watched = watch(context);
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(link);
      // Meanwhile the sheet is taken in.
      expect(await review("q4", "decide", sheet)).toMatchObject({ code: 0, stderr: "" });
      const total = await page.getByRole("progressbar").evaluate((one: HTMLProgressElement) => one.max);
      expect(total).toBeGreaterThan(5);
      for (let n = 0; n < 4; n++) {
        const item = page.getByRole("group").first();
        await item.getByRole("radio", { name: n % 2 === 0 ? "Revoke" : "Approve" }).check();
        if (n % 2 === 0) await item.getByLabel("Justification").fill("left the team");
        await item.getByRole("button", { name: "Save" }).click();
        await page.getByText("1 saved").waitFor();
        expect(await page.title()).toContain(`${n + 1} of ${total} decided`);
      }
      expect([watched.complaints, [...watched.hosts]]).toEqual([[], ["127.0.0.1"]]);
      await context.close();
      served.child.kill("SIGTERM");
      expect((await served.ended).code).toBe(0);

      expect((await review("q4", "apply")).code).toBe(2);
      expect((await review("q4", "apply", "--dry-run")).stdout).toContain("Nothing was changed");
      const audit = at("audit.jsonl");
      expect(await review("q4", "apply", "--yes", "--audit-log", audit)).toMatchObject({ code: 0, stderr: "" });
      expect(await review("q4", "close", "--key", at("key.pem"))).toMatchObject({ code: 0, stderr: "" });
      expect((await review("q4", "verify", "--key", at("key.pub"))).code).toBe(0);
      const { numbers, gone } = await expectTied("q4", "one.c1z");
      expect(Number(numbers.Revoked)).toBe(revoked.length + 2);
      expect(gone.filter(({ State }) => State === "SUCCESS").length).toBeGreaterThan(1);
      expect(Number(numbers.Unreviewed)).toBe(total - 4 + kept);
      expect(Number(numbers["Decided faster than a person reads"])).toBe(0);
      expect(summaryPage(at("q4")).text).toContain(HOSTILE);
    });

    it("is carried on by the next one, which asks about the rest", { timeout: 60_000 }, async () => {
      expect((await sync("two.c1z")).code).toBe(0);
      const since = ["--changed-since", at("q4"), "--unanswered", "keep", "--key", at("key.pem")];
      const begun = await review("q1", "start", "--name", "Q1", "-f", at("two.c1z"), ...SCOPES, ...since);
      expect(begun).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("carried from Q4") });
      await review("q1", "close", "--key", at("key.pem"));
      expect((await review("q1", "verify", "--key", at("key.pub"))).stdout).toContain("closed, signed by");
      const { numbers } = await expectTied("q1", "two.c1z");
      const before = new Map(jsonLines(at("q4"), "decisions.jsonl").map(({ item, decision }) => [item, decision]));
      const later = jsonLines(at("q1"), "decisions.jsonl") as unknown as { item: never; carried: object | null }[];
      for (const { item, carried } of later) if (carried !== null) expect(before.get(item)).toBe("APPROVE");
      expect(later.filter(({ carried }) => carried !== null).length).toBeGreaterThan(5);
      // What was proved to be gone is not there any more.
      for (const { item, status } of jsonLines(at("q4"), "remediation.jsonl")) {
        if (status === "SUCCESS") expect(later.map((one) => one.item)).not.toContain(item);
      }
      expect(Number(numbers["Carried from an earlier review"])).toBeGreaterThan(5);
    });
  },
);

it("refuses a sheet whose decisions came faster than a person reads, where bulk decisions are forbidden", async () => {
  await review("bulk", "start", "--name", "Bulk", "-f", at("one.c1z"), ...SCOPES, "--forbid-bulk");
  await review("bulk", "sheet", "--out", at("bulk-sheets"), "--format", "csv");
  const sheet = at("bulk-sheets", `${adas}.csv`);
  writeSheet(
    sheet,
    readSheet(sheet).map((row) => ({ ...row, decision: "APPROVE" })),
  );
  const refused = await review("bulk", "decide", sheet);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("Bulk decisions are forbidden")]);
  expect(jsonLines(at("bulk"), "journal.jsonl").filter(({ kind }) => kind === "decided")).toEqual([]);
});

/** What the program prints, once it does. */
function printed({ child, stdout, stderr, ended }: ReturnType<typeof start>, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = what.exec(stdout())?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`it ended: ${stderr()}`)));
  });
}
