import { lstatSync, mkdirSync } from "node:fs";

/**
 * Sees that there is a folder that nobody but this user can look or write into, and makes it where there is none. Answers
 * whether there is: one that is somebody else's, a link, or open to others is left as it is, as anything may have been put
 * into it. On Windows, where a folder takes its rights from the one around it, `folder` has to be within the user's own.
 */
export function isPrivateFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status = lstatSync(folder);
    return status.isDirectory() && isOwn(status);
  } catch {
    return false;
  }
}

/** Whether a file or folder is this user's, and nobody else may read or write it. Windows does not say. */
export function isOwn({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const own = process.getuid?.();
  return own === undefined || (uid === own && (mode & 0o077) === 0);
}

/** Whether this system says who owns a file. */
export function knowsOwners(): boolean {
  return process.getuid !== undefined;
}
