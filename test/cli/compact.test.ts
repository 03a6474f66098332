import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { readSnapshot } from "../baton/sync/snapshot.ts";
import { runHere } from "./in-process.ts";

let sandbox: Sandbox;
let folder: string;
let access: string[];
const env = { BATON_CONFIG_PATH: "" };

beforeAll(async () => {
  sandbox = await goldenSandbox();
  folder = mkdtempSync(join(tmpdir(), "baton-cli-compact-"));
  access = ["--domain", sandbox.url, "--api-token", sandbox.token, "--sync-custom-roles"];
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function run(...argv: string[]) {
  const ended = await runHere(argv, env);
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
}

async function asked(method: string, path: string, body?: object) {
  const answer = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `SSWS ${sandbox.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.status === 204 ? undefined : await answer.json();
}

it("folds partial syncs of what changed in Okta back into the picture", async () => {
  const base = join(folder, "base.c1z");
  const part = join(folder, "part.c1z");
  await run(...access, "-f", base);
  const { groups, users, apps } = golden("org.json") as Record<
    string,
    { id: string; type?: string; status?: string }[]
  >;
  const okta = groups!.filter(({ type }) => type === "OKTA_GROUP");
  const members = async (id: string) =>
    ((await asked("GET", `/api/v1/groups/${id}/users`)) as { id: string }[]).map((user) => user.id);
  const full: string[] = [];
  for (const { id } of okta) if ((await members(id)).length > 1) full.push(id);
  const [first, second] = full as [string, string];
  const [leaver] = await members(first);
  const there = await members(second);
  const active = ((await asked("GET", '/api/v1/users?limit=200&filter=status eq "ACTIVE"')) as { id: string }[]).map(
    ({ id }) => id,
  );
  const joiner = active.find((id) => !there.includes(id))!;
  await asked("DELETE", `/api/v1/groups/${first}/users/${leaver}`);
  await asked("PUT", `/api/v1/groups/${second}/users/${joiner}`);
  await asked("POST", `/api/v1/groups/${first}/roles`, { type: "REPORT_ADMIN" });
  const third = okta.find(({ id }) => id !== first && id !== second)!.id;
  const app = apps!.find(({ status }) => status === "ACTIVE")!.id;
  await asked("PUT", `/api/v1/apps/${app}/groups/${third}`, {});
  expect(users!.length).toBeGreaterThan(0);
  const named = [
    `group/${first}`,
    `group/${second}`,
    `group/${third}`,
    `app/${app}`,
    "role/REPORT_ADMIN",
    `user/${joiner}`,
  ];
  await run(...access, "-f", part, "--sync-resources", named.map((name) => `bid:r:${name}`).join(","));
  const out = join(folder, "out");
  const told = await run("--compact-syncs", "--compact-file-paths", `${base},${part}`, "--compact-output-path", out);
  expect(told).toMatch(/^Made one full sync of 2: /);
  expect(told).toMatch(/Taken out, as not there any more: \d+ grants?/);
  const [made] = readdirSync(out);
  expect(made).toMatch(/^compacted-[0-9A-Za-z]{27}\.c1z$/);
  const whole = join(folder, "whole.c1z");
  await run(...access, "-f", whole);
  const difference = await run("snapshot", "diff", join(out, made!), whole);
  expect(difference).toBe("The two hold the same.\n");
  expect((await readSnapshot(join(out, made!))).runs[0]).toMatchObject({ sync_type: "full" });
});

it("tells it as JSON, and adds a difference to a file", async () => {
  const base = join(folder, "base.c1z");
  const part = join(folder, "part.c1z");
  const json = JSON.parse(
    await run(
      "--compact-syncs",
      "--compact-file-paths",
      base,
      "--compact-file-paths",
      part,
      "--compact-output-path",
      folder,
      "-o",
      "json",
    ),
  );
  expect(json).toMatchObject({ syncType: "full", file: join(folder, `compacted-${json.syncId}.c1z`) });
  expect(json.folded).toMatchObject([{ type: "full" }, { type: "partial", takesOut: true }]);
  const file = join(folder, "two.c1z");
  await run(...access, "-f", file);
  await run(...access, "-f", file);
  const ids = (await readSnapshot(file)).runs.map(({ sync_id }) => sync_id as string);
  const added = await run("--diff-syncs", "--base-sync-id", ids[0]!, "--applied-sync-id", ids[1]!, "-f", file);
  expect(added).toMatch(/^Added what .* as the partial sync [0-9A-Za-z]{27}\.\n/);
  expect((await readSnapshot(file)).runs.at(-1)).toMatchObject({ sync_type: "partial", parent_sync_id: ids[0] });
  const halves = await runHere(["--compact-syncs", "--compact-file-paths", base], env);
  expect(halves).toMatchObject({ code: 2, stderr: expect.stringContaining("--compact-output-path") });
});
