import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { golden, goldenSandbox } from "../baton/rpc/okta.ts";
import { runHere } from "./in-process.ts";

/** The number of bytes after which the disk is full. */
let room = Number.POSITIVE_INFINITY;

vi.mock(import("node:fs"), async (original) => {
  const fs = await original();
  const writeSync = ((file: number, data: string | Buffer, ...rest: never[]) => {
    if (typeof data === "string" && data.includes('"operation"')) {
      if (room < data.length)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
      room -= data.length;
    }
    return (fs.writeSync as (...args: unknown[]) => number)(file, data, ...rest);
  }) as typeof fs.writeSync;
  return { ...fs, writeSync, default: { ...fs, writeSync } };
});

let sandbox: Sandbox;
let folder: string;
let access: string[];
let list: string;
let results: string;

beforeAll(async () => {
  sandbox = await goldenSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-results-"));
  access = ["--domain", sandbox.url, "--api-token", sandbox.token, "-f", join(folder, "none.c1z")];
  list = join(folder, "list.jsonl");
  results = join(folder, "results.jsonl");
  const { groups, users } = golden("org.json") as { groups: { id: string; type: string }[]; users: { id: string }[] };
  const group = groups.find(({ type }) => type === "OKTA_GROUP")!.id;
  writeFileSync(
    list,
    users
      .slice(0, 12)
      .map(({ id }) => `${JSON.stringify({ entitlement: `group:${group}:member`, principal: id })}\n`)
      .join(""),
  );
  room = Number.POSITIVE_INFINITY;
  return () => rmSync(folder, { recursive: true });
});

it("a full disk under the results ends the run with advice about the results, and no line is told twice", async () => {
  room = 400;
  const ended = await runHere(["grant", "--from", list, "--results", results, "--concurrency", "2", ...access]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(`he disk that holds the results file ${results} is full`);
  expect(ended.stderr).toContain("--results");
  expect(ended.stderr).not.toContain("--c1z-temp-dir");
  expect(ended.stderr.toLowerCase()).toContain("run the same command again");
  expect(ended.stdout).not.toContain("FAILED");
  const told = [...ended.stdout.matchAll(/^ +(\d+) /gm)].map(([, line]) => Number(line));
  expect(new Set(told).size).toBe(told.length);

  room = Number.POSITIVE_INFINITY;
  const again = await runHere(["grant", "--from", list, "--results", results, ...access]);
  expect(again.code).toBe(0);
  expect(readFileSync(results, "utf8").trim().split("\n").length).toBe(12);
});

it.each(["/dev/full", "/dev/zero", "."])("%s is no file for results", async (path) => {
  const ended = await runHere(["grant", "--from", list, "--results", path, ...access]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(`he results file ${path} is no file`);
});
