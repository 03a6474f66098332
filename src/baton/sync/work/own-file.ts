import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { Failure } from "../../../runtime/failure.ts";
import { diskFailure } from "../../snapshot/container/disk.ts";
import { sortOfFile } from "../../snapshot/container/regular-file.ts";

/** A file of this program's own, as it was found or made. */
export interface OwnFile {
  readonly dev: number;
  readonly ino: number;
  /** Its first bytes, up to a hundred: the header of a database. */
  readonly head: Buffer;
}

/**
 * Makes a file that only its owner can read, or looks at the one that is there. Follows no link and waits for no named
 * pipe: a name that this program chose may have been taken by somebody else. Throws a {@link Failure} of kind
 * `failedPrecondition` for anything but a regular file.
 */
export function touchOwnFile(path: string): OwnFile {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const before = lstatSync(path, { throwIfNoEntry: false });
    if (before && !before.isFile()) throw notOwn(path, `it is ${sortOfFile(before)}`);
    const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      const status = fstatSync(file);
      if (!status.isFile()) throw notOwn(path, `it is ${sortOfFile(status)}`);
      const head = Buffer.alloc(100);
      return { dev: status.dev, ino: status.ino, head: head.subarray(0, readSync(file, head, 0, head.length, 0)) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw diskFailure(error, "write", path);
  }
}

/** What is at a name that this program uses for a file of its own is none. */
export function notOwn(path: string, why: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `${path} is in the way: a sync keeps a file of its own there, and ${why}`,
    advice: "move it away, or choose another place for the snapshot (--file)",
  });
}
