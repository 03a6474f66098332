import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../runtime/failure.ts";
import { diskFailure } from "../snapshot/disk.ts";
import { type Lock, takeLock } from "../sync/lock.ts";
import { RESUMABLE_MS } from "../sync/workfile.ts";

const PREFIX = "baton-tasks-";

/** `<task id>-<binding>.c1z`, and what the syncer and the task's log put beside it. */
const OURS = /^([0-9A-Za-z]{27})-[0-9a-f]{16}\.(?:c1z|log)/;
const TORN = /^\.([0-9A-Za-z]{27})-[0-9a-f]{16}\.c1z\..*\.tmp$/;

/**
 * Where the files of sync tasks lie: a folder of the temporary one that only its owner can look into, one for each
 * client id. What a killed process left there is how the same task is gone on with.
 */
export interface WorkFolder {
  /** The snapshot of a task, whose name changes with `binding`: whatever decides what it holds. */
  fileOf(taskId: string, binding: string): string;
  /** The log of a task. */
  logOf(file: string): string;
  /** Removes all files of a task. */
  remove(taskId: string): void;
  /**
   * Removes the files of all tasks but those named, and that no process works on; `all`: also of those that could still
   * be gone on with. Answers the ids of the tasks.
   */
  sweep(running: ReadonlySet<string>, all: boolean, now: number): readonly string[];
}

/** Says where the files of a client's sync tasks lie. Nothing is created yet. */
export function workFolder(clientId: string, tempDir: string | undefined): WorkFolder {
  const parent = tempDir ?? tmpdir();
  const name = `${PREFIX}${createHash("sha256").update(clientId).digest("hex").slice(0, 16)}`;
  const path = join(parent, name);
  return {
    fileOf(taskId, binding) {
      makePrivate(path, tempDir);
      return join(path, `${taskId}-${createHash("sha256").update(binding).digest("hex").slice(0, 16)}.c1z`);
    },
    logOf: (file) => file.replace(/\.c1z$/, ".log"),
    remove(taskId) {
      if (!isOurs(path)) return;
      for (const entry of filesOf(path).get(taskId) ?? []) rmSync(join(path, entry), { force: true });
      removeIfEmpty(path);
    },
    sweep(running, all, now) {
      const swept: string[] = [];
      for (const folder of foldersIn(parent)) {
        const own = folder === name;
        swept.push(...sweepFolder(join(parent, folder), own ? running : new Set(), own && all, now));
      }
      return swept;
    },
  };
}

function sweepFolder(path: string, running: ReadonlySet<string>, all: boolean, now: number): string[] {
  const swept: string[] = [];
  for (const [taskId, entries] of filesOf(path)) {
    if (running.has(taskId)) continue;
    const files = entries.map((entry) => join(path, entry));
    const newest = Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
    if (!all && now - newest < RESUMABLE_MS) continue;
    const locks = lockAll(files);
    if (locks === undefined) continue;
    for (const file of files) rmSync(file, { force: true });
    for (const lock of locks) lock.release(true);
    swept.push(taskId);
  }
  removeIfEmpty(path);
  return swept;
}

/** Locks whatever a syncer locks; nothing where another process works on some of it. */
function lockAll(files: readonly string[]): Lock[] | undefined {
  const held: Lock[] = [];
  for (const snapshot of new Set(files.map((file) => file.replace(/\.c1z.*$/, ".c1z")))) {
    if (!existsSync(`${snapshot}.work-lock`)) continue;
    try {
      held.push(takeLock(`${snapshot}.work-lock`, snapshot));
    } catch {
      for (const lock of held) lock.release(false);
      return undefined;
    }
  }
  return held;
}

/** The names of the files in a folder, by task. */
function filesOf(path: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const entry of read(path)) {
    const taskId = (OURS.exec(entry) ?? TORN.exec(entry))?.[1];
    if (taskId !== undefined) found.set(taskId, [...(found.get(taskId) ?? []), entry]);
  }
  return found;
}

function foldersIn(parent: string): string[] {
  return read(parent).filter((name) => name.startsWith(PREFIX) && isOurs(join(parent, name)));
}

function read(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Whether it is a folder, no link, and this user's own: others may have put something in our way. */
function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

function makePrivate(path: string, tempDir: string | undefined): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && tempDir !== undefined) {
      throw new Failure({
        kind: "usage",
        message: `the folder for temporary files (--c1z-temp-dir) is not there: ${tempDir}`,
        advice: "create it, or name another",
      });
    }
    if (code !== "EEXIST") throw diskFailure(error, "write", path);
  }
  if (!isOurs(path)) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `${path} is not this user's own folder`,
      advice: "remove it, or name another folder for temporary files with --c1z-temp-dir",
    });
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something else is still in it.
  }
}
