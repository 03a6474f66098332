import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { isFailure } from "../../../runtime/failure.ts";
import { cacheFolder } from "../../../runtime/system/folders.ts";
import { knowsOwners } from "../../../runtime/system/private-folder.ts";
import { checkContainer, openSnapshotFile } from "../container/check.ts";
import { MAX_DATABASE_BYTES, unpackInto } from "../container/container.ts";
import { prepareLookups } from "../lookups.ts";
import { checkSchema, openUntrusted, openUntrustedCopy } from "../untrusted.ts";
import { KEEP_LIMITS, type KeepLimits, KeptCopies } from "./copies.ts";

/** Where unpacked copies are kept, and how much of them. */
export interface Keeping {
  readonly folder: string;
  readonly limits?: Partial<KeepLimits>;
}

/**
 * Where unpacked copies are kept: in the user's own cache folder, or in the folder for temporary files where one is named.
 * `undefined` where the system does not say whose that folder is.
 */
export function keepingIn(tempDir: string | undefined): Keeping | undefined {
  if (tempDir === undefined) return { folder: join(cacheFolder(), "snapshots") };
  return knowsOwners() ? { folder: join(tempDir, "baton-okta-snapshots") } : undefined;
}

/** A copy that stays when its reader is closed. */
export interface KeptCopy {
  readonly db: DatabaseSync;
  /** Of the snapshot file, in hex. */
  readonly sha256: string;
}

/**
 * Opens the kept copy of a snapshot, or makes one. The file is read for its digest each time, so that a copy is never that
 * of another file that took its name, its size and its times. `undefined` where no copy can or need be kept; what is wrong
 * with the snapshot is then said by whoever unpacks it. `now`: milliseconds since the Unix epoch.
 */
export async function openKept(path: string, keeping: Keeping, now: number): Promise<KeptCopy | undefined> {
  const limits = { ...KEEP_LIMITS, ...keeping.limits };
  const source = await openSnapshotFile(path).catch(() => undefined);
  if (source === undefined) return undefined;
  try {
    const { size } = await source.stat();
    if (size === 0 || size < limits.minPackedBytes) return undefined;
    const copies = KeptCopies.in(keeping.folder, limits, now);
    if (copies === undefined) return undefined;
    copies.sweep();
    const found = copies.mayHold(size) ? openFound(copies, size, await digestOf(source)) : undefined;
    return found ?? (await make(source, path, size, copies));
  } catch (error) {
    if (isFailure(error) || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  } finally {
    await source.close();
  }
}

function openFound(copies: KeptCopies, packedBytes: number, sha256: string): KeptCopy | undefined {
  const found = copies.find(packedBytes, sha256);
  return found === undefined ? undefined : openCopy(found, sha256);
}

/** `undefined` where it is gone since, or is none. */
function openCopy(path: string, sha256: string): KeptCopy | undefined {
  let db: DatabaseSync | undefined;
  try {
    // Nobody writes to a finished copy: SQLite need look for no lock, and for no journal beside it.
    db = openUntrusted(new URL(`${pathToFileURL(path)}?immutable=1`));
    checkSchema(db, path, { pages: false });
    return { db, sha256 };
  } catch {
    db?.close();
    return undefined;
  }
}

async function make(
  source: FileHandle,
  path: string,
  packedBytes: number,
  copies: KeptCopies,
): Promise<KeptCopy | undefined> {
  const { contentBytes, maxBytes } = await checkContainer(source, path, MAX_DATABASE_BYTES);
  if (!copies.hasRoom(contentBytes ?? maxBytes)) return undefined;
  const part = copies.newPart();
  try {
    const sha256 = await fill(part, source, path);
    const sealed = copies.seal(part, packedBytes, sha256);
    copies.sweep(sealed);
    return openCopy(sealed, sha256);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Unpacks into a new file, checks what came of it and completes it. */
async function fill(part: string, source: FileHandle, path: string): Promise<string> {
  const file = await open(part, "wx+", 0o600);
  let sha256: string;
  try {
    sha256 = await unpackInto(source, path, file, part);
  } finally {
    await file.close();
  }
  using reader = openUntrusted(part);
  checkSchema(reader, path);
  reader.close();
  using writer = openUntrustedCopy(part);
  prepareLookups(writer, path);
  writer.close();
  return sha256;
}

async function digestOf(source: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(source.createReadStream({ start: 0, highWaterMark: 2 ** 20, autoClose: false }), hash);
  return hash.digest("hex");
}
