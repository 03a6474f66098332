import { join } from "node:path";
import { systemClock } from "../../../../src/runtime/clock.ts";
import { startSandbox } from "../../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../../src/sandbox/seed/seed.ts";
import { run } from "../../../e2e/program.ts";

/** A last name as nobody is called. */
export const SCRIPT_NAME = "<img src=x onerror=document.title=1>";

/** Syncs an org in memory twice into one file, with changes between the two, and gives the file. */
export async function snapshotOfTwoSyncs(folder: string): Promise<string> {
  const file = join(folder, "acme.c1z");
  const sandbox = await startSandbox({
    org: seedOrg({ users: 80, groups: 24, apps: 8, seed: 4, clock: systemClock }),
    limits: "off",
  });
  try {
    await createUser(sandbox, { firstName: "Mallory", lastName: SCRIPT_NAME });
    for (let round = 0; round < 2; round++) {
      const flags = ["--domain", sandbox.url, "--api-token", sandbox.token, "--sync-custom-roles", "--sync-secrets"];
      const { code, stderr } = await run(["sync", ...flags, "-f", file]);
      if (code !== 0) throw new Error(stderr);
      sandbox.churn(60);
    }
  } finally {
    await sandbox.close();
  }
  return file;
}

async function createUser(sandbox: { url: string; token: string }, names: Record<string, string>): Promise<void> {
  const profile = { ...names, login: "mallory@acme.example", email: "mallory@acme.example" };
  const answer = await fetch(`${sandbox.url}/api/v1/users?activate=true`, {
    method: "POST",
    headers: { Authorization: `SSWS ${sandbox.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ profile }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
