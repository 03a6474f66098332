import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { golden, goldenSandbox } from "../../baton/rpc/okta.ts";
import { bendJson, hostileOkta } from "../../hostile/okta.ts";
import { runHere } from "../in-process.ts";

const GROUP = golden("org.json").groups[0].id as string;

test("what contradicts itself is told as incomplete, in the summary, the log and the exit code", async () => {
  const sandbox = await goldenSandbox();
  const hostile = await hostileOkta(sandbox.url);
  const folder = mkdtempSync(join(tmpdir(), "baton-cli-"));
  try {
    const argv = ["sync", "--domain", hostile.url, "--api-token", sandbox.token, "-f", join(folder, "a.c1z")];
    const honest = await runHere(argv);
    expect(honest.code, honest.stderr).toBe(0);
    expect(honest.stdout).not.toContain("INCOMPLETE");

    hostile.on(
      "GET",
      `/api/v1/groups/${GROUP}/users`,
      bendJson((body) => (body as unknown[]).slice(0, 13)),
    );
    const ended = await runHere(argv);
    expect(ended.code, ended.stderr).toBe(3);
    expect(ended.stdout).toMatch(
      new RegExp(`\\nINCOMPLETE: .*\\n {2}- Who holds group ${GROUP}: 72 are counted, 13 were shown`, "i"),
    );
    expect(ended.stderr).toContain("incomplete: missing from the snapshot");

    const json = await runHere([...argv, "-o", "json"]);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ notReadable: [], incomplete: [{ example: `group ${GROUP}` }] });
  } finally {
    await hostile.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
