import { createHash } from "node:crypto";

/** Mach-O's numbers. Source: <mach-o/loader.h>. */
const MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

/** Code signing's numbers, big-endian in the file. Source: Apple's <kern/cs_blobs.h>. */
const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION_WITH_EXEC_SEGMENT = 0x20400;
const FLAG_ADHOC = 0x2;
const HASH_SHA256 = 2;
const EXEC_SEGMENT_MAIN_BINARY = 1n;
const DIRECTORY_BYTES = 88;
const SUPERBLOB_BYTES = 20;
const PAGE = 4096;
const VM_PAGE = 0x4000;

interface Segment {
  /** Where its load command begins. */
  readonly at: number;
  readonly name: string;
  readonly fileOffset: number;
  readonly fileBytes: number;
}

/**
 * Signs a Mach-O executable ad hoc: the hash of each page, and no identity. That is what macOS asks of every program on
 * arm64; it says nothing of who made it. Throws where the file has no room for the load command.
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  const { commands, bytes, segments, signature, firstSection } = parse(executable);
  const linkedit = segments.find(({ name }) => name === "__LINKEDIT");
  const text = segments.find(({ name }) => name === "__TEXT");
  if (linkedit === undefined || text === undefined) throw new Error("not an executable: a segment is missing");
  const end = signature?.offset ?? executable.length;
  const offset = Math.ceil(end / 16) * 16;
  const slots = Math.ceil(offset / PAGE);
  const hashesAt = DIRECTORY_BYTES + identifier.length + 1;
  const directoryBytes = hashesAt + slots * 32;
  const size = Math.ceil((SUPERBLOB_BYTES + directoryBytes) / 16) * 16;
  const signed = Buffer.alloc(offset + size);
  executable.copy(signed, 0, 0, end);

  const command = signature?.at ?? HEADER_BYTES + bytes;
  if (signature === undefined) {
    if (command + 16 > firstSection) throw new Error("there is no room for another load command");
    signed.writeUInt32LE(commands + 1, 16);
    signed.writeUInt32LE(bytes + 16, 20);
  }
  for (const [at, value] of [LC_CODE_SIGNATURE, 16, offset, size].entries())
    signed.writeUInt32LE(value, command + 4 * at);
  const linkeditBytes = offset + size - linkedit.fileOffset;
  signed.writeBigUInt64LE(BigInt(Math.ceil(linkeditBytes / VM_PAGE) * VM_PAGE), linkedit.at + 32);
  signed.writeBigUInt64LE(BigInt(linkeditBytes), linkedit.at + 48);

  const blob = signed.subarray(offset);
  for (const [at, value] of [EMBEDDED_SIGNATURE, SUPERBLOB_BYTES + directoryBytes, 1, 0, SUPERBLOB_BYTES].entries()) {
    blob.writeUInt32BE(value, 4 * at);
  }
  const directory = blob.subarray(SUPERBLOB_BYTES);
  const fields = [CODE_DIRECTORY, directoryBytes, VERSION_WITH_EXEC_SEGMENT, FLAG_ADHOC, hashesAt, DIRECTORY_BYTES];
  for (const [at, value] of [...fields, 0, slots, offset].entries()) directory.writeUInt32BE(value, 4 * at);
  directory.set([32, HASH_SHA256, 0, Math.log2(PAGE)], 36);
  directory.writeBigUInt64BE(BigInt(text.fileOffset), 64);
  directory.writeBigUInt64BE(BigInt(text.fileBytes), 72);
  directory.writeBigUInt64BE(EXEC_SEGMENT_MAIN_BINARY, 80);
  directory.write(identifier, DIRECTORY_BYTES, "latin1");
  for (let slot = 0; slot < slots; slot++) {
    const page = signed.subarray(slot * PAGE, Math.min((slot + 1) * PAGE, offset));
    createHash("sha256")
      .update(page)
      .digest()
      .copy(directory, hashesAt + slot * 32);
  }
  return signed;
}

/** What is wrong with a Mach-O executable's signature; nothing where each page's hash is that of the page. */
export function signatureFault(executable: Buffer): string | undefined {
  const { signature } = parse(executable);
  if (signature === undefined) return "there is no signature";
  const blob = executable.subarray(signature.offset, signature.offset + signature.size);
  if (blob.readUInt32BE(0) !== EMBEDDED_SIGNATURE) return "the signature is of another kind";
  const directory = blob.subarray(blob.readUInt32BE(16));
  if (directory.readUInt32BE(0) !== CODE_DIRECTORY) return "there is no code directory";
  const [hashesAt, slots, limit] = [16, 28, 32].map((at) => directory.readUInt32BE(at)) as [number, number, number];
  if (limit !== signature.offset) return "the signature does not cover the whole file";
  for (let slot = 0; slot < slots; slot++) {
    const page = executable.subarray(slot * PAGE, Math.min((slot + 1) * PAGE, limit));
    const hash = createHash("sha256").update(page).digest();
    if (!hash.equals(directory.subarray(hashesAt + slot * 32, hashesAt + slot * 32 + 32)))
      return `page ${slot} differs`;
  }
  return slots * PAGE >= limit ? undefined : "pages are missing";
}

function parse(file: Buffer) {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error("not a 64-bit Mach-O file");
  const commands = file.readUInt32LE(16);
  const bytes = file.readUInt32LE(20);
  const segments: Segment[] = [];
  let signature: { at: number; offset: number; size: number } | undefined;
  let firstSection = file.length;
  let at = HEADER_BYTES;
  for (let n = 0; n < commands; n++) {
    const kind = file.readUInt32LE(at);
    if (kind === LC_SEGMENT_64) {
      const name = file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      const fileOffset = Number(file.readBigUInt64LE(at + 40));
      segments.push({ at, name, fileOffset, fileBytes: Number(file.readBigUInt64LE(at + 48)) });
      const sections = file.readUInt32LE(at + 64);
      for (let section = 0; section < sections; section++) {
        const offset = file.readUInt32LE(at + 72 + section * 80 + 48);
        if (offset > 0) firstSection = Math.min(firstSection, offset);
      }
    }
    if (kind === LC_CODE_SIGNATURE) {
      signature = { at, offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) };
    }
    at += file.readUInt32LE(at + 4);
  }
  return { commands, bytes, segments, signature, firstSection };
}
