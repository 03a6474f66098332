import { closeSync, fsyncSync, openSync, renameSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { HOST, isWindows, type System } from "./system.ts";

/** What these functions ask of the file system: node's own, or one that refuses in tests. */
export interface FileCalls {
  rename(from: string, to: string): Promise<void>;
  renameSync(from: string, to: string): void;
  /** Opens, flushes to the disk and closes. */
  sync(path: string, flags: string): Promise<void>;
  syncNow(path: string, flags: string): void;
  pause(ms: number): Promise<void>;
  pauseNow(ms: number): void;
}

/** How the system and its files are reached. */
export interface FileDeps {
  readonly system?: System;
  readonly calls?: FileCalls;
}

/** With which errors Windows refuses what somebody else, mostly a virus scanner or an indexer, has open for a moment. */
const IN_USE = new Set(["EPERM", "EACCES", "EBUSY"]);

/** The backoff between the tries to replace a file that is in use, in milliseconds: some ten seconds in all. */
const PAUSES_MS = [10, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 3_200];

const NODE: FileCalls = {
  rename,
  renameSync,
  async sync(path, flags) {
    const handle = await open(path, flags);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  syncNow(path, flags) {
    const file = openSync(path, flags);
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  pause: (ms) => wait(ms),
  pauseNow(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};

/**
 * Moves a file into the place of another, which stays whole until then. On Windows, where a file that anybody has open
 * cannot be replaced, it is tried again for some ten seconds. Throws what the system says.
 */
export async function replaceFile(
  from: string,
  to: string,
  { system = HOST, calls = NODE }: FileDeps = {},
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await calls.rename(from, to);
    } catch (error) {
      const pauseMs = pauseAfter(error, tries, system);
      if (pauseMs === undefined) throw error;
      await calls.pause(pauseMs);
    }
  }
}

/** {@link replaceFile} for callers that cannot wait otherwise: the whole process stands still meanwhile. */
export function replaceFileSync(from: string, to: string, { system = HOST, calls = NODE }: FileDeps = {}): void {
  for (let tries = 0; ; tries++) {
    try {
      calls.renameSync(from, to);
      return;
    } catch (error) {
      const pauseMs = pauseAfter(error, tries, system);
      if (pauseMs === undefined) throw error;
      calls.pauseNow(pauseMs);
    }
  }
}

function pauseAfter(error: unknown, tries: number, system: System): number | undefined {
  return isWindows(system) && IN_USE.has(String((error as NodeJS.ErrnoException).code)) ? PAUSES_MS[tries] : undefined;
}

/**
 * Makes sure that the names in a folder, such as one just moved there, survive a crash of the machine. Windows cannot
 * open a folder for that; NTFS keeps names in its own journal.
 */
export async function syncFolder(folder: string, { system = HOST, calls = NODE }: FileDeps = {}): Promise<void> {
  if (!isWindows(system)) await calls.sync(folder, "r");
}

/**
 * Makes sure that what was written to a file survives a crash of the machine. It is opened for writing, without which
 * Windows flushes nothing (`FlushFileBuffers` asks for `GENERIC_WRITE`).
 */
export function syncFile(path: string, { calls = NODE }: FileDeps = {}): void {
  calls.syncNow(path, "r+");
}

/** Whether the name of a file can be removed while a process has it open. On Windows it cannot. */
export function canRemoveOpenFiles(system: System = HOST): boolean {
  return !isWindows(system);
}
