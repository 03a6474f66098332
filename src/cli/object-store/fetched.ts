import { mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../../runtime/failure.ts";
import { addressText, isObjectAddress, parseObjectAddress } from "../../runtime/object-store/address.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";

/** Local copies of files, for as long as they are asked about. */
export interface Fetched {
  /** In the order in which they were named; what is local is as it was named. */
  readonly files: readonly string[];
  remove(): void;
}

/**
 * Copies those of the files that lie in an object store to a folder of their own. Throws a {@link Failure} of kind
 * `notFound` where one is not there.
 */
export async function fetchFiles(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  tempDir: string | undefined,
): Promise<Fetched> {
  if (!files.some(isObjectAddress)) return { files, remove: () => {} };
  const { openObjectStore } = await import("../../runtime/object-store/s3.ts");
  const folder = mkdtempSync(join(tempDir ?? tempFolder(env), "baton-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const store = openObjectStore(env);
  try {
    const local: string[] = [];
    for (const [at, file] of files.entries()) {
      if (!isObjectAddress(file)) {
        local.push(file);
        continue;
      }
      const address = parseObjectAddress(file);
      const path = join(folder, `${at}-${basename(address.key) || "snapshot.c1z"}`);
      if (!(await store.get(address, path))) {
        throw new Failure({ kind: "notFound", message: `there is no snapshot at ${addressText(address)}` });
      }
      local.push(path);
    }
    return { files: local, remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    store.close();
  }
}
