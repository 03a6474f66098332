import type { FileHandle } from "node:fs/promises";
import { createZstdDecompress } from "node:zlib";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { MAX_EMPTY_BLOCKS, readFrame } from "./frame.ts";
import { openRegularFile } from "./regular-file.ts";

/** What a snapshot begins with, before its zstd frame. */
export const MAGIC = Buffer.from("C1ZF\0", "latin1");
const NEWER_MAGIC = Buffer.from("C1Z3\0", "latin1");
const SQLITE_MAGIC = Buffer.from("SQLite format 3\0", "latin1");

/** Bytes by which a database is recognised. */
export const DATABASE_HEAD_BYTES = SQLITE_MAGIC.length;

/** Largest zstd window, in bytes: Go readers refuse more. */
const MAX_WINDOW_BYTES = 128 * 2 ** 20;
/** How many times its own size a snapshot may unpack to; snapshots shrink to some thirtieth. */
const MAX_RATIO = 256;
/** What any snapshot may unpack to, however small it is, in bytes. */
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;

/** What can be seen of a container without decompressing it. */
export interface Container {
  /** How many bytes the database may have at most. */
  readonly maxBytes: number;
  /** How many bytes it has, where its header says so. */
  readonly contentBytes: number | undefined;
}

/** Opens what should be a snapshot for reading. Throws a {@link Failure} where it is not a regular file. */
export function openSnapshotFile(path: string): Promise<FileHandle> {
  return openRegularFile(path, (sort) => notASnapshot(path, `it is not a file but ${sort}`));
}

/**
 * Looks at everything that can be seen without decompressing. Throws a {@link Failure} where that is no snapshot, or one
 * whose database would be larger than `maxBytes`.
 */
export async function checkContainer(file: FileHandle, path: string, maxBytes: number): Promise<Container> {
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
  return { maxBytes: allowed, contentBytes: frame.contentSize };
}

/** Decompresses no more than is needed to see whether there is a database. Throws a {@link Failure} where there is none. */
export async function checkFirstBytes(file: FileHandle, path: string): Promise<void> {
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

/** Throws a {@link Failure} where these are not the first bytes of a database. */
export function checkDatabase(path: string, head: Buffer): void {
  if (!head.subarray(0, SQLITE_MAGIC.length).equals(SQLITE_MAGIC)) {
    throw notASnapshot(path, "there is no SQLite database in it");
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

/** The failure of a snapshot whose database is larger than allowed. */
export function tooLarge(path: string, maxBytes: number): Failure {
  return new Failure({
    kind: "resourceExhausted",
    message: `${path} unpacks to more than ${Math.round(maxBytes / 2 ** 20)} MiB, which is refused: a snapshot of its size does not`,
    advice: "make sure that the file comes from where you think it does",
  });
}

/** What an error of decompressing says of the snapshot; any other error is handed back as it is. */
export function unpackingFailure(error: unknown, path: string): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  return code.startsWith("ZSTD_error") || code.startsWith("Z_") || code.startsWith("ERR_")
    ? notASnapshot(path, "its zstd frame cannot be unpacked", error)
    : error;
}
