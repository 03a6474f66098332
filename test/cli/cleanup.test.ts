import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cleanupReason, isNamed } from "../../src/baton/leases/cleanup-rules.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { runHere } from "./in-process.ts";

let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-cleanup-"));
  sandbox = await goldenSandbox();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const run = (...argv: string[]) =>
  runHere(["cleanup", ...argv], {
    ...{ BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token, BATON_CONFIG_PATH: "" },
    ...{ BATON_LEASE_STORE: join(folder, "leases.db"), BATON_LOG_LEVEL: "error" },
  });
const status = async (id: string) => {
  const headers = { authorization: `SSWS ${sandbox.token}` };
  return ((await (await fetch(`${sandbox.url}/api/v1/users/${id}`, { headers })).json()) as { status?: string }).status;
};
interface Plan {
  accounts: number;
  planned: { user: string; reason: string; left?: string }[];
}
const WIDE = ["--inactive", "1d", "--max", "1000", "--max-share", "1"];

it("plans, changes nothing without --yes, deactivates, and undoes it", async () => {
  const plan: Plan = JSON.parse((await run("plan", ...WIDE, "-o", "json")).stdout);
  const going = plan.planned.filter(({ left }) => left === undefined);
  expect(going.length).toBeGreaterThan(0);
  expect(plan.planned.some(({ left }) => left === "it is an admin")).toBe(true);
  const one = going[0]!.user;
  expect((await run("apply", ...WIDE)).stdout).toContain("Add --yes");
  expect(await status(one)).not.toBe("DEPROVISIONED");
  const others = going.slice(1).map(({ user }) => user);
  const applied = await run("apply", ...WIDE, "--exclude", others.join(","), "--yes", "-o", "json");
  expect(JSON.parse(applied.stdout)).toMatchObject({ deactivated: [one], deleted: [] });
  expect(await status(one)).toBe("DEPROVISIONED");
  // Not before its window.
  const early = await run("apply", "--delete", "--yes", "-o", "json");
  expect(JSON.parse(early.stdout)).toMatchObject({ deleted: [] });
  expect(JSON.parse((await run("undo", one, "-o", "json")).stdout)).toEqual({ undone: [one] });
  expect(await status(one)).not.toBe("DEPROVISIONED");
});

it("does nothing where more would go than may", async () => {
  const ended = await run("apply", "--inactive", "1d", "--max", "0", "--yes");
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing was done") });
});

it("deletes what was deactivated longer ago than the window", async () => {
  const plan: Plan = JSON.parse((await run("plan", ...WIDE, "-o", "json")).stdout);
  const [one, ...others] = plan.planned.filter(({ left }) => left === undefined).map(({ user }) => user);
  await run("apply", ...WIDE, "--exclude", others.join(","), "--yes");
  // Okta's clock tells whole seconds: more than one has passed for sure once two have.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const ended = await run("apply", "--delete", "--undo-window", "1s", "--yes", "-o", "json");
  expect(JSON.parse(ended.stdout)).toMatchObject({ deleted: [one] });
  expect(await status(one!)).toBeUndefined();
});

it("lets what is not known speak for the account", () => {
  const now = Date.UTC(2026, 5, 1);
  const day = 86_400_000;
  const account = { id: "00u1", login: "ada@acme.com", status: "ACTIVE" };
  const rules = { inactiveMs: 90 * day, suspendedMs: 30 * day };
  expect(cleanupReason(account, rules, undefined, now)).toBeUndefined();
  expect(cleanupReason({ ...account, lastLogin: now - 91 * day }, rules, undefined, now)).toContain("91 days");
  expect(cleanupReason({ ...account, status: "SUSPENDED" }, rules, undefined, now)).toBeUndefined();
  const used = { ...account, lastLogin: now - 40 * day };
  const afterLastLease = { afterLastLeaseMs: 30 * day };
  expect(cleanupReason(used, afterLastLease, now - 31 * day, now)).toContain("last lease");
  expect(cleanupReason(account, afterLastLease, now - 31 * day, now)).toBeUndefined();
  expect(cleanupReason({ ...used, lastLogin: now - day }, afterLastLease, now - 31 * day, now)).toBeUndefined();
  expect(isNamed(["00u1", "svc-backup@acme.com"], ["SVC-*"])).toBe(true);
});
