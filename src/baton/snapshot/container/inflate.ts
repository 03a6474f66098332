import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress, type ZstdOptions } from "node:zlib";
import { checkDatabase, DATABASE_HEAD_BYTES, MAGIC, tooLarge, unpackingFailure } from "./check.ts";

/** What is decompressed, hashed and written at a time, in bytes. */
const CHUNK_BYTES = 1024 * 1024;
/** How far decompressing runs ahead of writing, in bytes: both take about as long. */
const AHEAD_BYTES = 16 * CHUNK_BYTES;

/**
 * Decompresses the snapshot `source` into the open, empty file `target`. `path` is what to call the snapshot. Answers the
 * SHA-256 of the bytes that were read, in hex. Throws a {@link Failure} where they are no snapshot, or unpack to more than
 * `maxBytes`.
 */
export async function inflate(
  source: FileHandle,
  path: string,
  target: FileHandle,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256").update(MAGIC);
  let head: Buffer = Buffer.alloc(0);
  let bytes = 0;
  // The stream takes it, as every transform stream does; the types leave it out.
  const options: ZstdOptions & { highWaterMark: number } = { chunkSize: CHUNK_BYTES, highWaterMark: AHEAD_BYTES };
  try {
    await pipeline(
      source.createReadStream({ start: MAGIC.length, highWaterMark: CHUNK_BYTES, autoClose: false }),
      async function* (packed: AsyncIterable<Buffer>) {
        for await (const chunk of packed) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createZstdDecompress(options),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          if (head.length < DATABASE_HEAD_BYTES) {
            head = Buffer.concat([head, chunk.subarray(0, DATABASE_HEAD_BYTES)]);
            if (head.length >= DATABASE_HEAD_BYTES) checkDatabase(path, head);
          }
          bytes += chunk.length;
          if (bytes > maxBytes) throw tooLarge(path, maxBytes);
          await target.writeFile(chunk);
        }
        checkDatabase(path, head);
      },
      ...(signal ? [{ signal }] : []),
    );
  } catch (error) {
    throw unpackingFailure(error, path);
  }
  // SQLite file format, section 1.3: 2 here asks for a log and shared memory beside the file, which a copy has not.
  const versions = Buffer.alloc(2);
  await target.read(versions, 0, 2, 18);
  if (versions.includes(2)) await target.write(Buffer.from([1, 1]), 0, 2, 18);
  return hash.digest("hex");
}
