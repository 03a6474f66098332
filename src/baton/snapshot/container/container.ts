import { randomBytes } from "node:crypto";
import { access, type FileHandle, lstat, open, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../../runtime/failure.ts";
import { replaceFile, syncFolder } from "../../../runtime/system/files.ts";
import { checkContainer, checkDatabase, checkFirstBytes, MAGIC, openSnapshotFile } from "./check.ts";
import { deflate } from "./deflate.ts";
import { diskFailure } from "./disk.ts";
import { inflate } from "./inflate.ts";

/** Largest database that is unpacked, in bytes: Go readers refuse more. */
export const MAX_DATABASE_BYTES = 10 * 2 ** 30;

/**
 * Looks at what is at `path` without unpacking it. An empty file counts as absent: there is nothing in it to lose.
 * Throws a {@link Failure} of kind `newerSnapshot` for the newer format, `notASnapshot` for anything that is not one
 * whole snapshot, or one that says why the path could not be read.
 */
export async function inspect(path: string): Promise<"absent" | "snapshot"> {
  try {
    await access(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
    throw diskFailure(error, "read", path);
  }
  const file = await openSnapshotFile(path);
  try {
    if ((await file.stat()).size === 0) return "absent";
    await checkContainer(file, path, MAX_DATABASE_BYTES);
    await checkFirstBytes(file, path);
    return "snapshot";
  } catch (error) {
    throw diskFailure(error, "read", path);
  } finally {
    await file.close();
  }
}

/** How a snapshot is unpacked. */
export interface UnpackOptions {
  /** Largest database that is accepted, in bytes ({@link MAX_DATABASE_BYTES} where not given). */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * Writes the database of the snapshot at `c1zPath` to the new file `dbPath` (readable by its owner only) with bounded
 * memory; a file that an interrupted run left there is replaced. Throws a {@link Failure} as {@link inspect} does, of
 * kind `alreadyExists` where anything but a file is at `dbPath`, and of kind `resourceExhausted` where the database is
 * larger than allowed or the disk is full; the new file is then gone.
 */
export async function unpack(c1zPath: string, dbPath: string, options: UnpackOptions = {}): Promise<void> {
  // What the snapshot itself shows is looked at before anything at `dbPath` is touched.
  const source = await openSnapshotFile(c1zPath);
  try {
    const { maxBytes } = await checkContainer(source, c1zPath, options.maxBytes ?? MAX_DATABASE_BYTES);
    const target = await createFresh(dbPath).catch((error) => {
      throw diskFailure(error, "write", dbPath);
    });
    try {
      await inflate(source, c1zPath, target, maxBytes, options.signal);
    } catch (error) {
      await rm(dbPath, { force: true });
      throw options.signal?.aborted ? options.signal.reason : diskFailure(error, "write", dbPath);
    } finally {
      await target.close();
    }
  } catch (error) {
    throw diskFailure(error, "read", c1zPath);
  } finally {
    await source.close();
  }
}

/**
 * Writes the database of the open snapshot `source` into an open, empty file, as {@link unpack} does. `c1zPath` and
 * `where` are what to call the two in messages. Answers the SHA-256 of the snapshot, in hex.
 */
export async function unpackInto(
  source: FileHandle,
  c1zPath: string,
  target: FileHandle,
  where: string,
  options: UnpackOptions = {},
): Promise<string> {
  try {
    const { maxBytes } = await checkContainer(source, c1zPath, options.maxBytes ?? MAX_DATABASE_BYTES);
    return await inflate(source, c1zPath, target, maxBytes, options.signal);
  } catch (error) {
    throw options.signal?.aborted ? options.signal.reason : diskFailure(error, "write", where);
  }
}

/** Neither follows a link nor touches a device: what is not a plain file stays. */
async function createFresh(path: string): Promise<FileHandle> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isFile()) await rm(path);
  return open(path, "wx+", 0o600);
}

/** How a snapshot is packed. */
export interface PackOptions {
  readonly signal?: AbortSignal;
  /** Called with the path of the whole new file, just before it takes its place; what it throws keeps the old one. */
  readonly beforeRename?: (temporary: string) => void;
}

/**
 * Writes the SQLite database at `dbPath`, which nobody may have open, as the snapshot `c1zPath`: to a temporary file
 * beside it, synced to the disk, then moved into place, so that an old file stays whole until the new one is. A new
 * file is readable by its owner only, as it holds personal data; one that replaces another keeps its mode. Throws a
 * {@link Failure} (`resourceExhausted`: the disk is full) and leaves nothing behind.
 */
export async function pack(dbPath: string, c1zPath: string, options: PackOptions = {}): Promise<void> {
  const source = await open(dbPath, "r").catch((error) => {
    throw diskFailure(error, "read", dbPath);
  });
  try {
    await checkPackable(source, dbPath);
    await packOpen(source, c1zPath, options);
  } finally {
    await source.close();
  }
}

async function packOpen(source: FileHandle, c1zPath: string, options: PackOptions): Promise<void> {
  const { size } = await source.stat();
  const target = await realpath(c1zPath).catch(() => c1zPath);
  const mode = await stat(target).then(
    (status) => status.mode & 0o777,
    () => 0o600,
  );
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(temporary, "wx", mode).catch((error) => {
    throw diskFailure(error, "write", c1zPath);
  });
  try {
    try {
      await file.chmod(mode);
      await file.write(MAGIC);
      await deflate(source, size, file, options.signal);
      await file.sync();
    } finally {
      await file.close();
    }
    options.beforeRename?.(temporary);
    await replaceFile(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw options.signal?.aborted ? options.signal.reason : diskFailure(error, "write", c1zPath);
  }
}

async function checkPackable(file: FileHandle, dbPath: string): Promise<void> {
  const head = Buffer.alloc(20);
  await file.read(head, 0, head.length, 0);
  checkDatabase(dbPath, head);
  // SQLite file format, section 1.3: bytes 18 and 19 are 2 in WAL mode, which readers of snapshots do not take.
  if (head[18] !== 1 || head[19] !== 1) {
    throw new Failure({ kind: "internal", message: `the database ${dbPath} is in WAL mode and cannot be packed` });
  }
}
