import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startReceiver, type TestReceiver, TOKEN } from "../receiver.ts";

/*
 * Other people's judges of SCIM servers, from PyPI. `.ci/run` installs them into .judges; elsewhere SCIM_JUDGES names the
 * folder of a Python environment that has them.
 */
const folder = process.env.SCIM_JUDGES || ".judges";
const isThere = existsSync(`${folder}/bin/scim-sanity`);
const why = isThere ? "" : " (skipped: scim2-tester and scim-sanity are not installed; see .ci/run)";

function runs(file: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, said }));
  });
}

describe.skipIf(!isThere)(`judges of SCIM servers${why}`, () => {
  let receiver: TestReceiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  it("scim2-tester finds nothing", async () => {
    const { code, said } = await runs(`${folder}/bin/python`, [
      "test/scim/server/scim2-tester.py",
      receiver.url,
      TOKEN,
    ]);
    expect(code, said).toBe(0);
    expect(said).toMatch(/^\d{2,} checks, 0 bad$/m);
  });

  it("scim-sanity finds nothing, in its strict mode", async () => {
    const { code, said } = await runs(`${folder}/bin/scim-sanity`, [
      "probe",
      receiver.url,
      "--token",
      TOKEN,
      "--i-accept-side-effects",
    ]);
    expect(code, said).toBe(0);
    expect(said).toContain("All tests passed");
  });
});
