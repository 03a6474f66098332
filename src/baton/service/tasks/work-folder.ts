import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../../../runtime/failure.ts";
import { tempFolder } from "../../../runtime/temp-folder.ts";
import { diskFailure } from "../../snapshot/container/disk.ts";
import { RESUMABLE_MS } from "../../sync/work/file.ts";
import { type Lock, takeLock } from "../../sync/work/lock.ts";

const PREFIX = "baton-tasks-";
/** How often the folder is made anew where others remove it. */
const MAX_TRIES = 100;

/** `<task id>-<binding>.c1z`, and what the syncer and the task's log put beside it. */
const OURS = /^([0-9A-Za-z]{27})-[0-9a-f]{16}\.(?:c1z|log)/;
/** What shows that a process works on a task, from its start until nothing of it is left. */
const LOCK = /^([0-9A-Za-z]{27})\.lock/;
/** The snapshot that is kept for the next task, and what the syncer puts beside it. */
const LAST = /^last-[0-9a-f]{16}\.c1z/;
const TORN = /^\.([0-9A-Za-z]{27})-[0-9a-f]{16}\.c1z\..*\.tmp$/;

/**
 * Where the files of sync tasks lie: a folder of the temporary one that only its owner can look into, one for each
 * client id. What a killed process left there is how the same task is gone on with.
 */
export interface WorkFolder {
  /**
   * The snapshot of a task, whose name changes with `binding`: whatever decides what it holds. From now on the task is
   * this process's, until it is removed: no other takes its files away, nor the folder. Throws a {@link Failure} of kind
   * `failedPrecondition` where another process works on it.
   */
  fileOf(taskId: string, binding: string): string;
  /** The log of a task. */
  logOf(file: string): string;
  /**
   * Where the last snapshot is kept that held what `binding` says, so that the next one reads only what has changed. Those of
   * other bindings are removed. It is the task's until that is removed; `undefined` while another task has it.
   */
  lastOf(taskId: string, binding: string): string | undefined;
  /** Removes all files of a task, and gives it up. */
  remove(taskId: string): void;
  /**
   * Removes the files of all tasks but those named, and that no process works on; `all`: also of those that could still
   * be gone on with. Answers the ids of the tasks.
   */
  sweep(running: ReadonlySet<string>, all: boolean, now: number): readonly string[];
}

/** Says where the files of a client's sync tasks lie. Nothing is created yet. */
export function workFolder(clientId: string, tempDir: string | undefined): WorkFolder {
  const parent = tempDir ?? tempFolder();
  const name = `${PREFIX}${createHash("sha256").update(clientId).digest("hex").slice(0, 16)}`;
  const path = join(parent, name);
  const held = new Map<string, Lock>();
  let lastHolder: string | undefined;
  return {
    fileOf(taskId, binding) {
      if (!held.has(taskId)) held.set(taskId, hold(path, tempDir, taskId));
      return join(path, `${taskId}-${createHash("sha256").update(binding).digest("hex").slice(0, 16)}.c1z`);
    },
    lastOf(taskId, binding) {
      if (lastHolder !== undefined && lastHolder !== taskId) return undefined;
      lastHolder = taskId;
      const last = `last-${createHash("sha256").update(binding).digest("hex").slice(0, 16)}.c1z`;
      for (const entry of read(path)) {
        if (LAST.test(entry) && !entry.startsWith(last)) rmSync(join(path, entry), { force: true });
      }
      return join(path, last);
    },
    logOf: (file) => file.replace(/\.c1z$/, ".log"),
    remove(taskId) {
      if (lastHolder === taskId) lastHolder = undefined;
      const lock = held.get(taskId);
      held.delete(taskId);
      if (isOurs(path)) {
        for (const entry of filesOf(path).get(taskId) ?? []) {
          if (!LOCK.test(entry)) rmSync(join(path, entry), { force: true });
        }
      }
      lock?.release(true);
      if (isOurs(path)) removeIfEmpty(path);
    },
    sweep(running, all, now) {
      const swept: string[] = [];
      for (const folder of foldersIn(parent)) {
        const own = folder === name;
        const busy = own ? new Set([...running, ...held.keys()]) : new Set<string>();
        swept.push(...sweepFolder(join(parent, folder), busy, own && all, now));
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
    const locks = lockAll(join(path, `${taskId}.lock`), files);
    if (locks === undefined) continue;
    for (const file of files) {
      if (!LOCK.test(basename(file))) rmSync(file, { force: true });
    }
    for (const lock of locks) lock.release(true);
    swept.push(taskId);
  }
  removeIfEmpty(path);
  return swept;
}

/** Locks a task and whatever a syncer locks; nothing where another process works on some of it. */
function lockAll(task: string, files: readonly string[]): Lock[] | undefined {
  const held: Lock[] = [];
  const snapshots = new Set(
    files.filter((file) => file.includes(".c1z")).map((file) => file.replace(/\.c1z.*$/, ".c1z")),
  );
  const syncers = [...snapshots].map((snapshot) => `${snapshot}.work-lock`).filter((lock) => existsSync(lock));
  for (const lock of [task, ...syncers]) {
    try {
      held.push(takeLock(lock, lock));
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
    const taskId = (OURS.exec(entry) ?? TORN.exec(entry) ?? LOCK.exec(entry))?.[1];
    if (taskId !== undefined) found.set(taskId, [...(found.get(taskId) ?? []), entry]);
  }
  return found;
}

/** Takes a task. Its lock lies in the folder, so that nobody finds the folder empty and removes it. */
function hold(path: string, tempDir: string | undefined, taskId: string): Lock {
  for (let tries = 1; ; tries++) {
    makePrivate(path, tempDir);
    try {
      return takeLock(join(path, `${taskId}.lock`), `the files of task ${taskId}`);
    } catch (error) {
      // Another process may have removed the folder just before there was anything in it.
      if (existsSync(path) || tries >= MAX_TRIES) throw error;
    }
  }
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
        message: `the folder for temporary files (--c1z-temp-dir or BATON_TMPDIR) is not there: ${tempDir}`,
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
