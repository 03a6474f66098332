import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { addressText, isObjectAddress, parseObjectAddress } from "../../runtime/object-store/address.ts";
import { cacheFolder } from "../../runtime/system/folders.ts";
import { isPrivateFolder } from "../../runtime/system/private-folder.ts";

/** A snapshot in an object store that a sync writes: what is synced into meanwhile, and how it gets there. */
export interface SyncTarget {
  /** The local file, in a folder that only this user can look into. */
  readonly file: string;
  /** Brings the snapshot that is there, so that the sync adds to it. A local one that did not get there yet stays. */
  fetch(): Promise<void>;
  /** Uploads the snapshot. Throws a {@link Failure}; the local file is kept then. */
  deliver(): Promise<void>;
  /** Removes the local file, once it was delivered. */
  done(): void;
}

/** The target of a sync, where that is in an object store. `tempDir`: the folder for the local file. */
export async function syncTarget(
  place: string,
  env: NodeJS.ProcessEnv,
  tempDir: string | undefined,
): Promise<SyncTarget | undefined> {
  if (!isObjectAddress(place)) return undefined;
  const address = parseObjectAddress(place);
  if (address.key === "") {
    throw new Failure({
      kind: "usage",
      message: `${place} names a bucket, not a snapshot in it`,
      advice: "write s3://bucket/acme.c1z",
    });
  }
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
  let delivered = false;
  return {
    file,
    async fetch() {
      if (!existsSync(file)) await store.get(address, file);
    },
    async deliver() {
      try {
        await store.put(file, address);
        delivered = true;
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
      if (delivered) rmSync(file, { force: true });
    },
  };
}
