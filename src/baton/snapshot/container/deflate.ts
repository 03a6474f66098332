import type { FileHandle } from "node:fs/promises";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";

/** What is read and compressed at a time, in bytes: the processor's cache holds it. */
const CHUNK_BYTES = 256 * 1024;
const LEVEL = 1;
/** A window of 128 KiB: rows that resemble each other are neighbours, and the processor's cache holds it. */
const WINDOW_LOG = 17;

/** Writes the `size` bytes of `source` as one zstd frame that states them to the end of `target`. */
export async function deflate(
  source: FileHandle,
  size: number,
  target: FileHandle,
  signal?: AbortSignal,
): Promise<void> {
  const frame = createZstdCompress({
    chunkSize: CHUNK_BYTES,
    pledgedSrcSize: size,
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  // What ends the writing ends the reading too; the other way round, the writing tells of it.
  feed(source, frame).catch((error) => frame.destroy(error));
  await pipeline(
    frame,
    async (parts: AsyncIterable<Buffer>) => target.writeFile(parts),
    ...(signal ? [{ signal }] : []),
  );
}

/**
 * Gives a stream the bytes of a file, through one buffer: a new one for each part would make the garbage collector run
 * all the time, which takes longer than compressing.
 */
async function feed(source: FileHandle, into: Transform): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    // Called back once the bytes are compressed.
    await new Promise<void>((resolve, reject) => {
      into.write(buffer.subarray(0, bytesRead), (error) => (error ? reject(error) : resolve()));
    });
  }
  into.end();
}
