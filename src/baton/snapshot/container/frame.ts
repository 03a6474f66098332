import type { FileHandle } from "node:fs/promises";

/** What the header of a zstd frame and the headers of its blocks say. */
export interface Frame {
  /** Bytes that a reader must keep. */
  readonly windowSize: number;
  /** Bytes once decompressed, where the header says so. */
  readonly contentSize: number | undefined;
  /** Bytes that it decompresses to at least: what its blocks state, but for those that have to be decompressed. */
  readonly leastSize: number;
  /** Blocks that hold nothing; where there are more than {@link MAX_EMPTY_BLOCKS}, the rest was not looked at. */
  readonly emptyBlocks: number;
}

type Sizes = Pick<Frame, "windowSize" | "contentSize">;

const MAGIC = 0xfd2fb528;
const MAX_HEADER_BYTES = 18;
/**
 * How much is read at a time, in bytes: a block is some kB where texts are alike, so that few reads pass over many of
 * them.
 */
const CHUNK_BYTES = 256 * 1024;
/** Empty blocks after which a frame is walked no further: encoders write one at the end, or one for each flush. */
export const MAX_EMPTY_BLOCKS = 1000;

/**
 * Reads the header of the zstd frame at `start` of a file and walks its blocks, without decompressing anything: that
 * the file ends where the frame does proves that nothing was cut off. Gives `undefined` where there is no such frame.
 * Source: RFC 8878, section 3.1.1.
 */
export async function readFrame(file: FileHandle, start: number): Promise<Frame | undefined> {
  const { size } = await file.stat();
  const read = chunkReader(file, Math.min(CHUNK_BYTES, Math.max(size, MAX_HEADER_BYTES)));
  const header = parseHeader(await read(start, MAX_HEADER_BYTES));
  if (!header) return undefined;
  let at = start + header.length;
  let leastSize = 0;
  let emptyBlocks = 0;
  for (let last = false; !last; ) {
    const block = await read(at, 3);
    if (block.length < 3) return undefined;
    const word = block.readUIntLE(0, 3);
    const type = (word >> 1) & 3;
    const bytes = word >> 3;
    last = (word & 1) === 1;
    if (type === 3) return undefined;
    if (type !== 2) leastSize += bytes;
    if (bytes === 0 && ++emptyBlocks > MAX_EMPTY_BLOCKS) return { ...sizesOf(header), leastSize, emptyBlocks };
    at += 3 + (type === 1 ? 1 : bytes);
  }
  if (at + (header.checksum ? 4 : 0) !== size) return undefined;
  return { ...sizesOf(header), leastSize, emptyBlocks };
}

function sizesOf({ windowSize, contentSize }: Sizes): Sizes {
  return { windowSize, contentSize };
}

/** Reads a few bytes at any place; fewer only where the file ends. */
function chunkReader(file: FileHandle, chunkBytes: number): (at: number, length: number) => Promise<Buffer> {
  const chunk = Buffer.alloc(chunkBytes);
  let from = 0;
  let filled = 0;
  return async (at, length) => {
    if (at < from || at + length > from + filled) {
      from = at;
      ({ bytesRead: filled } = await file.read(chunk, 0, chunkBytes, at));
    }
    return chunk.subarray(at - from, Math.min(at - from + length, filled));
  };
}

function parseHeader(bytes: Buffer): (Sizes & { length: number; checksum: boolean }) | undefined {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  const flags = bytes[4]!;
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const length = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  if ((flags & 0x08) !== 0 || bytes.length < length) return undefined;
  const contentSize = readSize(bytes.subarray(length - sizeBytes, length));
  return { length, checksum: (flags & 0x04) !== 0, contentSize, windowSize: single ? contentSize! : window(bytes[5]!) };
}

function readSize(bytes: Buffer): number | undefined {
  switch (bytes.length) {
    case 0:
      return undefined;
    case 1:
      return bytes[0];
    case 2:
      return bytes.readUInt16LE(0) + 256;
    case 4:
      return bytes.readUInt32LE(0);
    default:
      return Number(bytes.readBigUInt64LE(0));
  }
}

function window(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
