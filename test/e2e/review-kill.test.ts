import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { app, fill, jsonLines, startOrg } from "../cli/review/campaign.ts";
import { inFolder, run, start } from "./program.ts";

/** After so many milliseconds; the program needs some of them to start. */
const KILLS_AT = [250, 400, 600, 800];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startOrg();
});
afterAll(() => sandbox.close());

it("a review's apply that is killed goes on, takes nothing away twice and leaves a whole chain", {
  timeout: 90_000,
}, async () => {
  await inFolder(async (folder) => {
    const env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_LOG_LEVEL: "error" };
    const [file, dir, out] = ["one.c1z", "review", "sheets"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const review = (...words: string[]) => run(["review", ...words, "--dir", dir], { env });
    await run(["-f", file], { env });
    await review(
      "start",
      "--name",
      "Q4",
      "-f",
      file,
      "--scope",
      `app:${app}`,
      "--reviewers",
      "owner",
      "--fallback",
      "audit@acme.example",
    );
    await review("sheet", "--out", out, "--format", "csv");
    const sheet = join(out, "audit@acme.example.csv");
    fill(sheet, 1);
    expect((await review("decide", sheet)).code).toBe(0);
    const audit = join(folder, "audit.jsonl");
    const words = ["review", "apply", "--dir", dir, "--yes", "--concurrency", "1", "--audit-log", audit];
    let killed = 0;
    for (const ms of KILLS_AT) {
      const running = start(words, { env });
      setTimeout(() => running.child.kill("SIGKILL"), ms);
      if ((await running.ended).signal === "SIGKILL") killed++;
      expect((await review("verify")).code).toBe(0);
    }
    expect(killed).toBeGreaterThan(0);
    const last = await run(words, { env });
    expect([last.code, last.stderr]).toEqual([0, ""]);
    expect((await review("close")).code).toBe(0);
    expect((await review("verify")).code).toBe(0);
    const remediation = jsonLines(dir, "remediation.jsonl").map(({ status }) => String(status));
    expect(remediation.filter((status) => status !== "SUCCESS" && status !== "MANUAL")).toEqual([]);
    const sent = jsonLines(folder, "audit.jsonl")
      .filter(({ phase, status }) => phase === "outcome" && Number(status) < 300)
      .map(({ request }) => String(request));
    expect(sent.length).toBeGreaterThan(3);
    expect([...new Set(sent)]).toEqual(sent);
  });
});
