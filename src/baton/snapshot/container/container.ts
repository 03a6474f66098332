import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, type FileHandle, lstat, open, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { replaceFile, syncFolder } from "../../../runtime/system/files.ts";
import { diskFailure } from "./disk.ts";
import { MAX_EMPTY_BLOCKS, readFrame } from "./frame.ts";
import { openRegularFile } from "./regular-file.ts";

const MAGIC = Buffer.from("C1ZF\0", "latin1");
const NEWER_MAGIC = Buffer.from("C1Z3\0", "latin1");
const SQLITE_MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/** Largest database that is unpacked, in bytes: Go readers refuse more. */
export const MAX_DATABASE_BYTES = 10 * 2 ** 30;
/** Largest zstd window, in bytes: Go readers refuse more. */
const MAX_WINDOW_BYTES = 128 * 2 ** 20;
/** How many times its own size a snapshot may unpack to; snapshots shrink to some thirtieth. */
const MAX_RATIO = 256;
/** What any snapshot may unpack to, however small it is, in bytes. */
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;
const CHUNK_BYTES = 1024 * 1024;
const LEVEL = 1;

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

function openSnapshotFile(path: string): Promise<FileHandle> {
  return openRegularFile(path, (sort) => notASnapshot(path, `it is not a file but ${sort}`));
}

/** Looks at everything that can be seen without decompressing; gives how many bytes the database may have. */
async function checkContainer(file: FileHandle, path: string, maxBytes: number): Promise<number> {
  const magic = Buffer.alloc(MAGIC.length);
  const { bytesRead } = await file.read(magic, 0, magic.length, 0);
  if (magic.equals(NEWER_MAGIC)) {
    throw new Failure({
      kind: "newerSnapshot",
      message: `${path} is a snapshot of the newer key-value format (C1Z3, the Pebble engine), which this program does not read`,
      advice: "name another file, or have the one who writes it run with --storage-engine sqlite",
    });
  }
  if (bytesRead < magic.length || !magic.equals(MAGIC)) throw notASnapshot(path, "it does not begin with C1ZF");
  const frame = await readFrame(file, MAGIC.length);
  if (!frame) throw notASnapshot(path, "what follows its header is not one whole zstd frame: it is cut off or corrupt");
  if (frame.windowSize > MAX_WINDOW_BYTES) throw notASnapshot(path, "its zstd window is larger than 128 MiB");
  if (frame.emptyBlocks > MAX_EMPTY_BLOCKS) {
    throw notASnapshot(path, `its zstd frame has more than ${MAX_EMPTY_BLOCKS} empty blocks`);
  }
  const { size } = await file.stat();
  const allowed = Math.min(maxBytes, Math.max(ALWAYS_ALLOWED_BYTES, size * MAX_RATIO));
  if (Math.max(frame.leastSize, frame.contentSize ?? 0) > allowed) throw tooLarge(path, allowed);
  return allowed;
}

async function checkFirstBytes(file: FileHandle, path: string): Promise<void> {
  const source = file.createReadStream({ start: MAGIC.length, highWaterMark: 64 * 1024, autoClose: false });
  const inflate = createZstdDecompress();
  source.on("error", (error) => inflate.destroy(error));
  try {
    let head = Buffer.alloc(0);
    for await (const chunk of source.pipe(inflate)) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= SQLITE_MAGIC.length) break;
    }
    checkDatabase(path, head);
  } catch (error) {
    throw unpackingFailure(error, path);
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

function checkDatabase(path: string, head: Buffer): void {
  if (!head.subarray(0, SQLITE_MAGIC.length).equals(SQLITE_MAGIC)) {
    throw notASnapshot(path, "there is no SQLite database in it");
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
    const maxBytes = await checkContainer(source, c1zPath, options.maxBytes ?? MAX_DATABASE_BYTES);
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
 * Writes the database of the snapshot at `c1zPath` into an open, empty file, as {@link unpack} does. `where` is what
 * to call that file in messages.
 */
export async function unpackInto(
  c1zPath: string,
  target: FileHandle,
  where: string,
  options: UnpackOptions = {},
): Promise<void> {
  const source = await openSnapshotFile(c1zPath);
  try {
    const maxBytes = await checkContainer(source, c1zPath, options.maxBytes ?? MAX_DATABASE_BYTES);
    await inflate(source, c1zPath, target, maxBytes, options.signal);
  } catch (error) {
    throw options.signal?.aborted ? options.signal.reason : diskFailure(error, "write", where);
  } finally {
    await source.close();
  }
}

/** Neither follows a link nor touches a device: what is not a plain file stays. */
async function createFresh(path: string): Promise<FileHandle> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isFile()) await rm(path);
  return open(path, "wx+", 0o600);
}

async function inflate(
  source: FileHandle,
  c1zPath: string,
  target: FileHandle,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  let head: Buffer = Buffer.alloc(0);
  let bytes = 0;
  try {
    await pipeline(
      source.createReadStream({ start: MAGIC.length, highWaterMark: CHUNK_BYTES, autoClose: false }),
      createZstdDecompress({ chunkSize: CHUNK_BYTES }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          if (head.length < SQLITE_MAGIC.length) {
            head = Buffer.concat([head, chunk.subarray(0, SQLITE_MAGIC.length)]);
            if (head.length >= SQLITE_MAGIC.length) checkDatabase(c1zPath, head);
          }
          bytes += chunk.length;
          if (bytes > maxBytes) throw tooLarge(c1zPath, maxBytes);
          yield chunk;
        }
        checkDatabase(c1zPath, head);
      },
      async (chunks: AsyncIterable<Buffer>) => target.writeFile(chunks),
      ...(signal ? [{ signal }] : []),
    );
  } catch (error) {
    throw unpackingFailure(error, c1zPath);
  }
  // SQLite file format, section 1.3: 2 here asks for a log and shared memory beside the file, which a copy has not.
  const versions = Buffer.alloc(2);
  await target.read(versions, 0, 2, 18);
  if (versions.includes(2)) await target.write(Buffer.from([1, 1]), 0, 2, 18);
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
  const size = await checkPackable(dbPath);
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
      await pipeline(
        createReadStream(dbPath, { highWaterMark: CHUNK_BYTES }),
        createZstdCompress({
          chunkSize: CHUNK_BYTES,
          pledgedSrcSize: size,
          params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
        }),
        async (frame: AsyncIterable<Buffer>) => file.writeFile(frame),
        ...(options.signal ? [{ signal: options.signal }] : []),
      );
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

async function checkPackable(dbPath: string): Promise<number> {
  const file = await open(dbPath, "r").catch((error) => {
    throw diskFailure(error, "read", dbPath);
  });
  try {
    const head = Buffer.alloc(20);
    await file.read(head, 0, head.length, 0);
    checkDatabase(dbPath, head);
    // SQLite file format, section 1.3: bytes 18 and 19 are 2 in WAL mode, which readers of snapshots do not take.
    if (head[18] !== 1 || head[19] !== 1) {
      throw new Failure({ kind: "internal", message: `the database ${dbPath} is in WAL mode and cannot be packed` });
    }
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

function notASnapshot(path: string, why: string, cause?: unknown): Failure {
  return new Failure({
    kind: "notASnapshot",
    message: `${path} is not a snapshot: ${why}`,
    advice: "name another file, or move this one away",
    ...(cause === undefined ? {} : { cause }),
  });
}

function tooLarge(path: string, maxBytes: number): Failure {
  return new Failure({
    kind: "resourceExhausted",
    message: `${path} unpacks to more than ${Math.round(maxBytes / 2 ** 20)} MiB, which is refused: a snapshot of its size does not`,
    advice: "make sure that the file comes from where you think it does",
  });
}

function unpackingFailure(error: unknown, path: string): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  return code.startsWith("ZSTD_error") || code.startsWith("Z_") || code.startsWith("ERR_")
    ? notASnapshot(path, "its zstd frame cannot be unpacked", error)
    : error;
}
