import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { diskFailure } from "./disk.ts";

/** What is at a path that is not a regular file, in words. */
export function sortOfFile(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a named pipe";
  if (status.isSocket()) return "a socket";
  if (status.isSymbolicLink()) return "a link";
  return "a device";
}

/**
 * Opens a regular file for reading. What else is there is never opened, or not waited for: opening a named pipe waits
 * until somebody writes to it. Throws what `refused` makes of the sort of thing that is there, or a {@link Failure}
 * that says why the path could not be read.
 */
export async function openRegularFile(path: string, refused: (sort: string) => Error): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    const before = await stat(path);
    if (!before.isFile()) throw refused(sortOfFile(before));
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const opened = await file.stat();
    if (!opened.isFile()) throw refused(sortOfFile(opened));
    return file;
  } catch (error) {
    await file?.close();
    throw diskFailure(error, "read", path);
  }
}
