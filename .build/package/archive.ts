import { chmodSync, createReadStream, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import tar from "tar-stream";

/** A file of an archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

/** When a build says that it was made, where SOURCE_DATE_EPOCH does not say it: the first time that a zip can hold. */
const EPOCH_S = Number(process.env.SOURCE_DATE_EPOCH ?? 315_532_800);

/** The time that stands in everything that is built, so that the same source makes the same bytes. */
export const buildTime = new Date(EPOCH_S * 1000);

/** A tar of files, sorted, with one date and owner. */
export async function tarOf(files: readonly ArchivedFile[]): Promise<Buffer> {
  const pack = tar.pack();
  const whole = buffer(pack);
  for (const { path, content, executable } of sorted(files)) {
    const mode = executable ? 0o755 : 0o644;
    pack.entry({ name: path, mode, mtime: buildTime, uid: 0, gid: 0 }, Buffer.from(content));
  }
  pack.finalize();
  return whole;
}

/** A compressed tar, the same bytes for the same files. */
export async function tarGz(files: readonly ArchivedFile[]): Promise<Buffer> {
  const gz = gzipSync(await tarOf(files), { level: 9 });
  // The byte that names the system that compressed it: 255 is "unknown". Source: RFC 1952, section 2.3.1.
  gz[9] = 255;
  return gz;
}

/** A zip, the same bytes for the same files. */
export function zip(files: readonly ArchivedFile[]): Buffer {
  const entries = sorted(files).map(({ path, content, executable }): [string, [Uint8Array, object]] => [
    path,
    [content, { os: 3, attrs: ((executable ? 0o100755 : 0o100644) << 16) >>> 0 }],
  ]);
  // A zip holds local times; without a zone in the environment these are the same everywhere.
  const local = new Date(buildTime.getTime() + buildTime.getTimezoneOffset() * 60_000);
  return Buffer.from(zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0], { mtime: local, level: 9 }));
}

/** Unpacks a .tgz into a folder: plain files only, none outside of it. */
export async function extract(file: string, folder: string): Promise<void> {
  const unpack = tar.extract();
  unpack.on("entry", ({ name, type, mode }, content, next) => {
    buffer(content).then((bytes) => {
      const path = normalize(name);
      if (type === "file" && !path.startsWith("..")) {
        const target = join(folder, path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, bytes);
        if (mode !== undefined && (mode & 0o100) !== 0) chmodSync(target, 0o755);
      }
      next();
    }, next);
  });
  await pipeline(createReadStream(file), createGunzip(), unpack);
}

/** Reads the files of a tar, by path. */
export async function readTar(bytes: Uint8Array): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  const unpack = tar.extract();
  unpack.on("entry", ({ name, type, mode }, content, next) => {
    buffer(content).then((read) => {
      if (type === "file") files.push({ path: name, content: read, executable: ((mode ?? 0) & 0o100) !== 0 });
      next();
    }, next);
  });
  await pipeline(Readable.from([bytes]), unpack);
  return files;
}

function sorted(files: readonly ArchivedFile[]): ArchivedFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}
