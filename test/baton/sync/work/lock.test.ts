import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "../../../../src/baton/sync/work/lock.ts";
import { HOST } from "../../../../src/runtime/system/system.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baton-lock-"));
  path = join(folder, "a.work-lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether another process gets the lock. */
function isFreeElsewhere(): boolean {
  const script = `
    const db = new (require("node:sqlite").DatabaseSync)(${JSON.stringify(path)}, { timeout: 0 });
    try { db.exec("BEGIN EXCLUSIVE"); console.log("free"); } catch { console.log("taken"); }`;
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim() === "free";
}

test("a lock that this process asks for twice stays taken for others", () => {
  const lock = takeLock(path, "a.c1z");
  expect(() => takeLock(path, "a.c1z")).toThrow("another process is syncing into a.c1z");
  expect(isFreeElsewhere()).toBe(false);
  // By another name too.
  linkSync(path, join(folder, "b.work-lock"));
  expect(() => takeLock(join(folder, "b.work-lock"), "b.c1z")).toThrow("another process");
  expect(isFreeElsewhere()).toBe(false);
  lock.release(false);
  expect(isFreeElsewhere()).toBe(true);
  takeLock(path, "a.c1z").release(true);
});

test("where open files cannot be removed, a lock goes once it is closed", () => {
  const windows = { ...HOST, platform: "win32" } as const;
  takeLock(path, "a.c1z", windows).release(true);
  expect(existsSync(path)).toBe(false);
  const kept = takeLock(path, "a.c1z", windows);
  expect(isFreeElsewhere()).toBe(false);
  kept.release(false);
  expect([existsSync(path), isFreeElsewhere()]).toEqual([true, true]);
});
