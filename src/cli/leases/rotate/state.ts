import { randomUUID } from "node:crypto";
import { chmod, link, open, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../../runtime/failure.ts";
import { replaceFile, syncFolder } from "../../../runtime/system/files.ts";

/** Where the state of the rotation of what a file holds is kept. */
export const stateFileOf = (file: string) => `${file}.rotation`;

/** The rotation that is under way; `undefined` where none is. */
export async function readState<State extends object = object>(file: string): Promise<State | undefined> {
  try {
    return JSON.parse(await readFile(stateFileOf(file), "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure({
      kind: "failedPrecondition",
      message: `the state of the rotation, ${stateFileOf(file)}, cannot be read`,
      advice: "see what is in it; where it is no state of a rotation, take it away and begin anew",
      cause,
    });
  }
}

/** Keeps the state: on the disk, whole, for its owner alone. */
export async function writeState(file: string, state: object): Promise<void> {
  await writeWhole(stateFileOf(file), JSON.stringify(state), { mode: 0o600 });
}

/**
 * Begins a rotation, where none is under way: of several processes that share the file, one does. Answers the state that
 * there is now, which may be another one's.
 */
export async function beginState<State extends object>(file: string, state: State): Promise<State> {
  const path = stateFileOf(file);
  const beside = besideOf(path);
  try {
    await writeFlushed(beside, JSON.stringify(state), {});
    // A link is made only where there is no such name yet.
    await link(beside, path);
    await syncFolder(dirname(path));
    return state;
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return (await readState<State>(file)) ?? state;
    // Some file systems know no links.
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw notReplaceable(path, cause);
    await writeState(file, state);
    return state;
  } finally {
    await rm(beside, { force: true });
  }
}

/** The rotation is done. */
export async function removeState(file: string): Promise<void> {
  await rm(stateFileOf(file), { force: true });
}

/**
 * Sees that a file can be replaced, before anything is changed elsewhere: that its folder, and the one of what it leads to,
 * can be written, and that its owner can be kept. Throws a `Failure` that says why not. What a process that was killed
 * left beside it is taken away.
 */
export async function mustBeReplaceable(file: string, now: number): Promise<void> {
  const target = await realpath(file);
  for (const path of new Set([stateFileOf(file), target])) {
    await removeLeftOver(path, now);
    const beside = besideOf(path);
    try {
      await writeFlushed(beside, "", path === target ? await stat(target) : {});
    } catch (cause) {
      throw notReplaceable(path, cause);
    } finally {
      await rm(beside, { force: true }).catch(() => {});
    }
  }
}

/**
 * Puts a text into a file that is there, and which stays whole until then: mode and owner are kept, and of a link the
 * file that it leads to is replaced. Throws where the owner cannot be kept, as whoever reads it might not any more.
 */
export async function swapText(file: string, text: string): Promise<void> {
  const target = await realpath(file);
  await writeWhole(target, text, await stat(target));
}

/** Another name in the same folder, which no other process takes: in containers process ids are the same. */
const besideOf = (path: string) => `${path}.${randomUUID()}.new`;

/** How old what was left beside a file is before it is taken away, in milliseconds. */
const LEFT_OVER_MS = 600_000;

async function removeLeftOver(path: string, now: number): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(start) || !/^[0-9a-f-]{36}\.new$/.test(name.slice(start.length))) continue;
    const old = join(folder, name);
    const { mtimeMs } = await stat(old).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > LEFT_OVER_MS) await rm(old, { force: true }).catch(() => {});
  }
}

interface Like {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

async function writeWhole(path: string, text: string, like: Like): Promise<void> {
  const beside = besideOf(path);
  try {
    await writeFlushed(beside, text, like);
    if (like.mode !== undefined) await chmod(beside, like.mode & 0o777);
    await replaceFile(beside, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {});
    throw notReplaceable(path, cause);
  }
}

async function writeFlushed(path: string, text: string, { uid, gid }: Like): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    const own = await file.stat();
    const wanted = { uid: uid ?? own.uid, gid: gid ?? own.gid };
    if (wanted.uid !== own.uid || wanted.gid !== own.gid) await file.chown(wanted.uid, wanted.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

function notReplaceable(path: string, cause: unknown): unknown {
  const { code, syscall = "" } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  return new Failure({
    kind: "failedPrecondition",
    message: `${path} cannot be replaced (${code}${syscall.endsWith("chown") ? ": its owner cannot be kept" : ""})`,
    advice:
      "rotate where the file and its folder can be written; what a cluster mounts from a Secret is read-only, and is replaced in the Secret",
    cause,
  });
}
