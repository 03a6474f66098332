import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goldenPath } from "../../baton/model/golden.ts";
import { goldenSandbox } from "../../baton/rpc/okta.ts";
import { type ObjectServer, objectServer } from "../../runtime/object-store/server.ts";
import { runHere } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "store-cli-"));
let server: ObjectServer;
beforeAll(async () => {
  server = await objectServer();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const filesIn = (path: string) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());

test("an export goes to an object store, a file each, and leaves nothing here", async () => {
  const env = { ...server.env, BATON_TMPDIR: folder };
  const file = goldenPath("reference.c1z");
  const place = `s3://${server.bucket}/lake/day=1`;
  const ended = await runHere(["snapshot", "export", file, "--format", "parquet", place], env);
  expect(ended.stderr).toBe("");
  expect(ended.code).toBe(0);
  for (const name of ["resource_types", "resources", "entitlements", "grants"]) {
    expect(ended.stdout).toContain(`${place}/${name}.parquet`);
  }
  expect(filesIn(folder)).toEqual([]);
});

test("a sync writes into an object store, adds to what is there, and is asked about there", async () => {
  const sandbox = await goldenSandbox();
  try {
    const place = `s3://${server.bucket}/acme/acme.c1z`;
    const argv = ["sync", "--domain", sandbox.url, "--api-token", sandbox.token, "-f", place, "--c1z-temp-dir", folder];
    for (let times = 1; times <= 2; times++) {
      const ended = await runHere(argv, server.env);
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout).toContain(`into ${place}`);
      expect(filesIn(folder).filter(({ name }) => name.endsWith(".c1z"))).toEqual([]);
      const syncs = await runHere(["snapshot", "syncs", place, "-o", "json"], server.env);
      expect(syncs.stdout.trim().split("\n")).toHaveLength(times);
    }

    // What does not get there is an error, and is kept here.
    const gone = { ...server.env, AWS_ACCESS_KEY_ID: "nobody" };
    const refused = await runHere(argv, gone);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).not.toContain(server.env.AWS_SECRET_ACCESS_KEY);
    const elsewhere = argv.map((word) => word.replace(`s3://${server.bucket}/`, "s3://no-such-bucket/"));
    const lost = await runHere(elsewhere, server.env);
    expect(lost.code).not.toBe(0);
    expect(lost.stderr).toMatch(/no-such-bucket/);
  } finally {
    await sandbox.close();
  }
});

test("what is in an object store and not there is said", async () => {
  const ended = await runHere(["snapshot", "show", `s3://${server.bucket}/none.c1z`], server.env);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("here is no snapshot at s3://lake/none.c1z");
  expect(existsSync(join(folder, "none.c1z"))).toBe(false);
});

test("a snapshot with other names goes to an object store too, in the place of what is there", async () => {
  const env = { ...server.env, BATON_TMPDIR: folder };
  const place = `s3://${server.bucket}/shown/other.c1z`;
  const argv = ["snapshot", "sanitize", goldenPath("reference.c1z"), place, "--key", "a key of more than 16 bytes"];
  for (let times = 0; times < 2; times++) {
    const ended = await runHere(argv, env);
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toContain(`${place}  `);
  }
  const shown = await runHere(["snapshot", "resource-types", place, "-o", "json"], env);
  expect(shown.stdout.trim().split("\n").length).toBeGreaterThan(3);
  const same = await runHere(["snapshot", "sanitize", place, place], env);
  expect(same.stderr).toContain("into itself");
  expect(filesIn(folder)).toEqual([]);
});
