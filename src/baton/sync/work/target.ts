import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../../../runtime/failure.ts";
import { diskFailure } from "../../snapshot/container/disk.ts";

/** Marks the file at a path: another mark means that it was replaced, written to, or removed. */
export function markOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false, bigint: true });
  return status === undefined ? "absent" : [status.dev, status.ino, status.size, status.mtimeNs].join(":");
}

/** Throws a {@link Failure} where the snapshot could not be put in its place in the end. */
export function checkReplaceable(target: string): void {
  const folder = dirname(target);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw diskFailure(error, "write", folder);
  }
  const status = statSync(target, { throwIfNoEntry: false });
  // A file is replaced, not written to, which its mode alone would not prevent.
  if (status?.isFile() && (status.mode & 0o222) === 0) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `${target} is read-only`,
      advice: "allow writing to it (chmod u+w), or name another file (--file)",
    });
  }
}

/** The target is no longer what the sync was merged with. */
export function targetChanged(target: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `${target} was replaced or removed while the sync ran, and is left as it is`,
    advice: "see who else writes there, and run the same command again: it starts afresh",
  });
}
