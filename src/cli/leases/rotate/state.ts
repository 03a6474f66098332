import { chmod, open, readFile, rm, stat } from "node:fs/promises";
import type { JWK } from "jose";
import { Failure } from "../../../runtime/failure.ts";
import { replaceFile } from "../../../runtime/system/files.ts";

/** How far the rotation of a key is: written before each step, so that whoever comes after a crash goes on. */
export interface RotationState {
  /** `made`: the new key is here only; `registered`: Okta has it; `swapped`: the key file holds it. */
  readonly step: "made" | "registered" | "swapped";
  readonly clientId: string;
  /** The new private key. */
  readonly jwk: JWK & { readonly kid: string };
  readonly oldKid: string;
  /** Okta's ids of the keys. */
  readonly newId?: string;
  readonly oldId?: string | undefined;
  /** When the old key goes, in milliseconds since the Unix epoch. */
  readonly retireAt?: number;
}

/** Where the state of a key file's rotation is kept. */
export const stateFileOf = (keyFile: string) => `${keyFile}.rotation`;

/** The rotation that is under way; `undefined` where none is. */
export async function readState(keyFile: string): Promise<RotationState | undefined> {
  try {
    return JSON.parse(await readFile(stateFileOf(keyFile), "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure({
      kind: "failedPrecondition",
      message: `the state of the rotation, ${stateFileOf(keyFile)}, cannot be read`,
      advice: "see what is in it; where it is no state of a rotation, take it away and begin anew",
      cause,
    });
  }
}

/** Keeps the state: on the disk, whole, for its owner alone. */
export async function writeState(keyFile: string, state: RotationState): Promise<void> {
  await writeWhole(stateFileOf(keyFile), JSON.stringify(state), 0o600);
}

/** The rotation is done. */
export async function removeState(keyFile: string): Promise<void> {
  await rm(stateFileOf(keyFile), { force: true });
}

/** Puts the new key into the key file: the old one stays whole until then. The file's mode is kept. */
export async function swapKey(keyFile: string, jwk: JWK): Promise<void> {
  const { mode } = await stat(keyFile);
  await writeWhole(keyFile, `${JSON.stringify(jwk, null, 2)}\n`, mode & 0o777);
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  const file = await open(beside, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(beside, mode);
  await replaceFile(beside, path);
}
