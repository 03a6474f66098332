import type { FileHandle } from "node:fs/promises";

/** What the header of a zstd frame says. */
export interface Frame {
  /** Bytes that a reader must keep. */
  readonly windowSize: number;
  /** Bytes once decompressed, where the header says so. */
  readonly contentSize: number | undefined;
}

const MAGIC = 0xfd2fb528;
const LONGEST_HEADER = 18;

/**
 * Reads the header of the zstd frame at `start` of a file and walks its blocks, without decompressing anything: that
 * the file ends where the frame does proves that nothing was cut off. Gives `undefined` where there is no such frame.
 * Source: RFC 8878, section 3.1.1.
 */
export async function readFrame(file: FileHandle, start: number): Promise<Frame | undefined> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(LONGEST_HEADER);
  const { bytesRead } = await file.read(bytes, 0, LONGEST_HEADER, start);
  const header = parseHeader(bytes.subarray(0, bytesRead));
  if (!header) return undefined;
  let at = start + header.length;
  for (let last = false; !last; ) {
    const block = await file.read(bytes, 0, 3, at);
    if (block.bytesRead < 3) return undefined;
    const word = bytes.readUIntLE(0, 3);
    const type = (word >> 1) & 3;
    last = (word & 1) === 1;
    if (type === 3) return undefined;
    at += 3 + (type === 1 ? 1 : word >> 3);
  }
  if (at + (header.checksum ? 4 : 0) !== size) return undefined;
  return { windowSize: header.windowSize, contentSize: header.contentSize };
}

function parseHeader(bytes: Buffer): (Frame & { length: number; checksum: boolean }) | undefined {
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
