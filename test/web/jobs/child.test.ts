import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { childJobs } from "../../../src/web/jobs/child.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-jobs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that does jobs: `names` at once, others only after whoever was started before has ended. */
const PROGRAM = `
  const { createInterface } = require("node:readline");
  const { existsSync, writeFileSync } = require("node:fs");
  const ended = process.argv[2];
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const { id, job } = JSON.parse(line);
    const answer = () => process.stdout.write(JSON.stringify({ id }) + "\\n");
    if (job.kind === "names") answer();
    else if (job.kind === "findings") process.exit(1);
    else {
      const waiting = setInterval(() => {
        if (!existsSync(ended)) return;
        clearInterval(waiting);
        setTimeout(answer, 100);
      }, 10);
    }
  });
  // Closing a large snapshot takes a while.
  lines.on("close", () => setTimeout(() => { writeFileSync(ended, ""); process.exit(0); }, 300));
`;

function jobs(idleMs: number) {
  const script = join(folder, "jobs.cjs");
  writeFileSync(script, PROGRAM);
  const ended = join(folder, `ended-${idleMs}`);
  return childJobs({ command: process.execPath, args: [script, ended] }, idleMs);
}

describe("jobs in a process of their own", () => {
  it("are done also while the process before is still ending", async () => {
    const runner = jobs(1);
    try {
      await runner.run({ kind: "names", sync: "s", out: "" });
      // It has nothing to do now, and is told to end.
      await sleep(100);
      await expect(runner.run({ kind: "changes", from: "r", to: "s", out: "" })).resolves.toBeUndefined();
    } finally {
      await runner.close();
    }
  });

  it("fail where the process ends before they are done, and the next is done by another", async () => {
    const runner = jobs(60_000);
    try {
      await expect(runner.run({ kind: "findings", sync: "s", out: "" })).rejects.toThrow("ended before it was done");
      await expect(runner.run({ kind: "names", sync: "s", out: "" })).resolves.toBeUndefined();
    } finally {
      await runner.close();
    }
  });
});
