import { expect, it } from "vitest";
import {
  canRemoveOpenFiles,
  type FileCalls,
  replaceFile,
  replaceFileSync,
  syncFile,
  syncFolder,
} from "../../../src/runtime/system/files.ts";
import { HOST } from "../../../src/runtime/system/system.ts";

const WINDOWS = { ...HOST, platform: "win32" } as const;
const LINUX = { ...HOST, platform: "linux" } as const;

/** A file system that refuses the first `refusals` renames with `code`, and keeps what it was asked. */
function fileSystem(refusals: number, code: string): FileCalls & { asked: string[]; paused: number[] } {
  const asked: string[] = [];
  const paused: number[] = [];
  const renameSync = (from: string, to: string) => {
    asked.push(`${from} ${to}`);
    if (asked.length <= refusals) throw Object.assign(new Error(code), { code });
  };
  const syncNow = (path: string, flags: string) => {
    asked.push(`${path} ${flags}`);
  };
  return {
    asked,
    paused,
    renameSync,
    rename: async (from, to) => renameSync(from, to),
    sync: async (path, flags) => syncNow(path, flags),
    syncNow,
    pause: async (ms) => void paused.push(ms),
    pauseNow: (ms) => void paused.push(ms),
  };
}

it.each(["EPERM", "EACCES", "EBUSY"])("waits on Windows for whoever has the old file open (%s)", async (code) => {
  const slow = fileSystem(3, code);
  await replaceFile("new", "old", { system: WINDOWS, calls: slow });
  expect(slow.asked).toEqual(["new old", "new old", "new old", "new old"]);
  expect(slow.paused).toHaveLength(3);
  const atOnce = fileSystem(2, code);
  replaceFileSync("new", "old", { system: WINDOWS, calls: atOnce });
  expect([atOnce.asked.length, atOnce.paused.length]).toEqual([3, 2]);
});

it("gives up after some ten seconds, with what Windows said", async () => {
  const calls = fileSystem(1_000, "EPERM");
  await expect(replaceFile("new", "old", { system: WINDOWS, calls })).rejects.toMatchObject({ code: "EPERM" });
  const totalMs = calls.paused.reduce((sum, ms) => sum + ms, 0);
  expect([totalMs > 5_000, totalMs < 15_000]).toEqual([true, true]);
});

it("does not wait for what waiting does not change", async () => {
  for (const [system, code] of [
    [LINUX, "EPERM"],
    [LINUX, "EBUSY"],
    [WINDOWS, "ENOENT"],
    [WINDOWS, "ENOSPC"],
  ] as const) {
    const calls = fileSystem(1, code);
    await expect(replaceFile("new", "old", { system, calls })).rejects.toMatchObject({ code });
    expect(() => replaceFileSync("new", "old", { system, calls: fileSystem(1, code) })).toThrow(code);
    expect(calls.paused).toEqual([]);
  }
});

it("flushes a folder where that can be done, and a file as one that is written", async () => {
  const calls = fileSystem(0, "");
  await syncFolder("folder", { system: LINUX, calls });
  await syncFolder("folder", { system: WINDOWS, calls });
  syncFile("file", { calls });
  expect(calls.asked).toEqual(["folder r", "file r+"]);
});

it("removes no open file on Windows", () => {
  expect([canRemoveOpenFiles(LINUX), canRemoveOpenFiles(WINDOWS)]).toEqual([true, false]);
});
