import { chmod, open, readFile, realpath, rm, stat } from "node:fs/promises";
import { Failure } from "../../../runtime/failure.ts";
import { replaceFile } from "../../../runtime/system/files.ts";

/** Where the state of the rotation of what a file holds is kept. */
export const stateFileOf = (file: string) => `${file}.rotation`;

/** The rotation that is under way; `undefined` where none is. */
export async function readState<State extends object = object>(file: string): Promise<State | undefined> {
  try {
    return JSON.parse(await readFile(stateFileOf(file), "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure({
      kind: "failedPrecondition",
      message: `the state of the rotation, ${stateFileOf(file)}, cannot be read`,
      advice: "see what is in it; where it is no state of a rotation, take it away and begin anew",
      cause,
    });
  }
}

/** Keeps the state: on the disk, whole, for its owner alone. */
export async function writeState(file: string, state: object): Promise<void> {
  await writeWhole(stateFileOf(file), JSON.stringify(state), { mode: 0o600 });
}

/** The rotation is done. */
export async function removeState(file: string): Promise<void> {
  await rm(stateFileOf(file), { force: true });
}

/**
 * Puts a text into a file that is there, and which stays whole until then: mode and owner are kept, and of a link the
 * file that it leads to is replaced. Throws where the owner cannot be kept, as whoever reads it might not any more.
 */
export async function swapText(file: string, text: string): Promise<void> {
  const target = await realpath(file);
  await writeWhole(target, text, await stat(target));
}

async function writeWhole(
  path: string,
  text: string,
  like: { readonly mode: number; readonly uid?: number; readonly gid?: number },
): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  const file = await open(beside, "w", 0o600);
  try {
    try {
      await file.writeFile(text);
      const own = await file.stat();
      const { uid = own.uid, gid = own.gid } = like;
      if (uid !== own.uid || gid !== own.gid) await file.chown(uid, gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(beside, like.mode & 0o777);
    await replaceFile(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
