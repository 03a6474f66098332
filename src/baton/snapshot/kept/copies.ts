import { createHash, randomBytes } from "node:crypto";
import { lstatSync, readdirSync, rmSync, statfsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { replaceFileSync, syncFile } from "../../../runtime/system/files.ts";
import { machineRun } from "../../../runtime/system/machine-run.ts";
import { isOwn, isPrivateFolder } from "../../../runtime/system/private-folder.ts";

/** How much is kept. */
export interface KeepLimits {
  /** Snapshots smaller than this are unpacked each time, in bytes of the packed file. */
  readonly minPackedBytes: number;
  readonly maxCopies: number;
  /** What all copies may have together, in bytes. */
  readonly maxBytes: number;
  /** A copy that nobody has asked for so long is removed, in milliseconds. */
  readonly maxIdleMs: number;
  /** What stays free on the disk, in bytes. */
  readonly minFreeBytes: number;
}

/** What is kept where nothing else is said. */
export const KEEP_LIMITS: KeepLimits = {
  minPackedBytes: 4 * 2 ** 20,
  maxCopies: 8,
  maxBytes: 16 * 2 ** 30,
  maxIdleMs: 24 * 60 * 60 * 1000,
  minFreeBytes: 2 ** 30,
};

/** The form of what is kept: a copy of another form is not taken. To be raised when copies are completed in another way. */
const FORM = 1;
/** The time of last change of a finished copy: whoever writes to one gives it another. */
const SEALED = new Date("2000-01-01T00:00:00Z");
/** After so long without a change, a copy that was begun belongs to nobody, in milliseconds. */
const PART_IDLE_MS = 60 * 60 * 1000;

const COPY = /^\d+-[0-9a-f]{64}-\d+-[0-9a-f]{8}\.db$/;
const PART = /^[0-9a-f]{16}\.part$/;

/**
 * A folder of unpacked snapshots, each under the size and the SHA-256 of the file that it was made from, so that one of
 * another file is never taken for it. Several processes may use it at once: a copy is made under another name and moved
 * into place when it is whole, and a process that has opened one keeps it when it is removed. After a crash of the
 * machine, which can tear files, no copy from before is taken. Copies that are not this user's alone are not taken either.
 */
export class KeptCopies {
  readonly #folder: string;
  readonly #limits: KeepLimits;
  readonly #now: number;

  private constructor(folder: string, limits: KeepLimits, now: number) {
    this.#folder = folder;
    this.#limits = limits;
    this.#now = now;
  }

  /** `undefined` where the folder cannot be made, or is not this user's alone. `now`: milliseconds since the Unix epoch. */
  static in(folder: string, limits: KeepLimits, now: number): KeptCopies | undefined {
    return isPrivateFolder(folder) ? new KeptCopies(folder, limits, now) : undefined;
  }

  /** Whether there is a copy of a file of this size: only then is it worth the reading of the file for its digest. */
  mayHold(packedBytes: number): boolean {
    return this.#names().some((name) => name.startsWith(`${packedBytes}-`) && COPY.test(name));
  }

  /** The path of the copy of a file, marked as used now; `undefined` where there is none to be trusted. */
  find(packedBytes: number, sha256: string): string | undefined {
    const path = this.#pathOf(packedBytes, sha256);
    try {
      const status = lstatSync(path);
      const sealed = status.isFile() && status.nlink === 1 && isOwn(status) && status.mtimeMs === SEALED.getTime();
      if (!sealed) return undefined;
      utimesSync(path, new Date(this.#now), SEALED);
      return path;
    } catch {
      return undefined;
    }
  }

  /** Whether there is room for a copy of so many bytes. */
  hasRoom(bytes: number): boolean {
    if (bytes > this.#limits.maxBytes) return false;
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize - bytes >= this.#limits.minFreeBytes;
  }

  /** Where a copy may be made. */
  newPart(): string {
    return join(this.#folder, `${randomBytes(8).toString("hex")}.part`);
  }

  /** Makes a finished part, which nobody has open, the copy of a file; answers its path. */
  seal(part: string, packedBytes: number, sha256: string): string {
    // Where a crash of the machine cannot be noticed later, the copy is on the disk before it has its name.
    if (machineRun() === "") syncFile(part);
    utimesSync(part, new Date(this.#now), SEALED);
    const path = this.#pathOf(packedBytes, sha256);
    replaceFileSync(part, path);
    return path;
  }

  /** Removes what was not used for long, what others left unfinished, and what is more than may be kept, `but` one. */
  sweep(but?: string): void {
    const copies: { path: string; bytes: number; usedAt: number }[] = [];
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined) continue;
      const part = PART.test(name);
      if (!part && !COPY.test(name)) continue;
      const usedAt = part ? status.mtimeMs : status.atimeMs;
      const idle = Math.abs(this.#now - usedAt) > (part ? PART_IDLE_MS : this.#limits.maxIdleMs);
      if (idle && path !== but) remove(path);
      else if (!part)
        copies.push({ path, bytes: status.size, usedAt: path === but ? Number.POSITIVE_INFINITY : usedAt });
    }
    let [count, bytes] = [0, 0];
    for (const copy of copies.sort((a, b) => b.usedAt - a.usedAt)) {
      count++;
      bytes += copy.bytes;
      const tooMany = count > this.#limits.maxCopies || bytes > this.#limits.maxBytes;
      if (tooMany && copy.path !== but) remove(copy.path);
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #pathOf(packedBytes: number, sha256: string): string {
    const run = createHash("sha256").update(machineRun()).digest("hex").slice(0, 8);
    return join(this.#folder, `${packedBytes}-${sha256}-${FORM}-${run}.db`);
  }
}

/** Where others have it open, or removed it already, there is nothing to do. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Windows keeps the file as long as anybody has it open; the next sweep takes it.
  }
}
