import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Lock, takeLock } from "../../baton/sync/work/lock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { addressText, isObjectAddress } from "../../runtime/object-store/address.ts";
import { cacheFolder } from "../../runtime/system/folders.ts";
import { isPrivateFolder } from "../../runtime/system/private-folder.ts";
import { snapshotAddress } from "./snapshot-address.ts";

/** A snapshot in an object store that a sync writes: what is synced into meanwhile, and how it gets there. */
export interface SyncTarget {
  /** The local file, in a folder that only this user can look into. */
  readonly file: string;
  /**
   * Brings the snapshot that is there, so that the sync adds to it. A local one that did not get there yet stays; one that
   * did is no longer looked at, as somebody else may have added to that in the store. Until {@link done} no other process
   * here can do the same: it throws a {@link Failure} of kind `failedPrecondition`.
   */
  fetch(): Promise<void>;
  /** Uploads the snapshot. Throws a {@link Failure}; the local file is kept then. */
  deliver(): Promise<void>;
  /** Removes the local file, unless it holds what is not in the store. */
  done(): void;
}

/** The target of a sync, where that is in an object store. `tempDir`: the folder for the local file. */
export async function syncTarget(
  place: string,
  env: NodeJS.ProcessEnv,
  tempDir: string | undefined,
): Promise<SyncTarget | undefined> {
  if (!isObjectAddress(place)) return undefined;
  const address = snapshotAddress(place);
  const name = createHash("sha256").update(addressText(address)).digest("hex").slice(0, 16);
  const folder = join(tempDir ?? join(cacheFolder(), "s3"), `baton-okta-${name}`);
  if (!isPrivateFolder(folder)) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `the folder ${folder} cannot be used: others can look into it, or it cannot be made`,
      advice: "name another one with --c1z-temp-dir",
    });
  }
  const file = join(folder, basename(address.key));
  const { openObjectStore } = await import("../../runtime/object-store/s3.ts");
  const store = openObjectStore(env);
  const stored = new StoredMark(file);
  let lock: Lock | undefined;
  return {
    file,
    async fetch() {
      lock ??= takeLock(`${file}.place-lock`, addressText(address));
      stored.removeFile();
      if (!existsSync(file) && (await store.get(address, file))) stored.set();
    },
    async deliver() {
      try {
        await store.put(file, address);
        stored.set();
      } catch (error) {
        if (!isFailure(error)) throw error;
        throw new Failure({
          kind: error.kind,
          message: `${error.message}; the snapshot is kept in ${file}`,
          ...(error.advice === undefined ? {} : { advice: error.advice }),
          cause: error,
        });
      }
    },
    done() {
      store.close();
      if (lock === undefined) return;
      stored.removeFile();
      lock.release(true);
      lock = undefined;
    },
  };
}

/** Says beside a file that what it holds is in the store too, for as long as nobody has changed it; outlives the process. */
class StoredMark {
  readonly #file: string;
  readonly #mark: string;

  constructor(file: string) {
    this.#file = file;
    this.#mark = `${file}.stored`;
  }

  set(): void {
    writeFileSync(this.#mark, this.#identity() ?? "", { mode: 0o600 });
  }

  /** Removes the file, where what it holds is in the store, and the mark. */
  removeFile(): void {
    const identity = this.#identity();
    if (identity !== undefined && existsSync(this.#mark) && readFileSync(this.#mark, "utf8") === identity) {
      rmSync(this.#file, { force: true });
    }
    rmSync(this.#mark, { force: true });
  }

  #identity(): string | undefined {
    const status = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return status && `${status.ino} ${status.size} ${status.mtimeNs}`;
  }
}
