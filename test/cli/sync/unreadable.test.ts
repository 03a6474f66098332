import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../../baton/rpc/okta.ts";
import { always, type HostileOkta, hostileOkta, oktaErrorBody } from "../../hostile/okta.ts";
import { runHere } from "../in-process.ts";

let sandbox: Sandbox;
let hostile: HostileOkta;
const folder = mkdtempSync(join(tmpdir(), "baton-cli-"));

beforeAll(async () => {
  sandbox = await goldenSandbox();
  hostile = await hostileOkta(sandbox.url);
});

afterAll(async () => {
  await hostile.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const GROUP = golden("org.json").groups[0].id as string;
const APP = golden("org.json").apps[0].id as string;

test("--skip-unreadable names a group and an app that may not be read, in the summary, the log and the exit code", async () => {
  const denied = always(403, oktaErrorBody("E0000006", "You do not have permission to perform the requested action"));
  const ends = [
    hostile.on("GET", `/api/v1/groups/${GROUP}/users`, denied),
    hostile.on("GET", `/api/v1/apps/${APP}/groups`, denied),
  ];
  const argv = ["sync", "--domain", hostile.url, "--api-token", sandbox.token, "-f", join(folder, "a.c1z")];
  const without = await runHere(argv);
  expect(without.code, without.stderr).toBe(3);
  expect(without.stdout).toBe("");

  const ended = await runHere([...argv, "--skip-unreadable"]);
  expect(ended.code, ended.stderr).toBe(3);
  expect(ended.stdout).toMatch(
    new RegExp(`NOT READABLE: .*\\n(.*\\n)*.*who holds app ${APP}.*\\n(.*\\n)*.*who holds group ${GROUP}`),
  );
  const warned = ended.stderr.split("\n").filter((line) => line.includes("not readable: missing from the snapshot"));
  expect(warned).toHaveLength(2);

  const json = await runHere([...argv, "-o", "json"], { BATON_SKIP_UNREADABLE: "true" });
  expect(json.code, json.stderr).toBe(3);
  const missing = JSON.parse(json.stdout).notReadable.map(({ example }: { example: string }) => example);
  expect(missing).toEqual([`app ${APP}`, `group ${GROUP}`]);

  for (const end of ends) end();
  const again = await runHere(argv);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).not.toContain("NOT READABLE");
});
