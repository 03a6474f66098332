import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../runtime/failure.ts";
import { replaceFileSync, syncFolder } from "../../runtime/system/files.ts";

/** Writes a file whole, beside its place first; it is on the disk when this returns. */
export async function writeWhole(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const part = `${path}.part`;
  const file = openSync(part, "w", 0o600);
  try {
    for (const one of grouped(parts)) writeAll(file, one);
    fsyncSync(file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  replaceFileSync(part, path);
  await syncFolder(dirname(path));
}

const CHUNK_LENGTH = 1_000_000;

/** Pieces that are worth a write each. */
function* grouped(parts: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      if (text.length < CHUNK_LENGTH) continue;
      yield Buffer.from(text);
      text = "";
    } else {
      if (text !== "") yield Buffer.from(text);
      text = "";
      yield part;
    }
  }
  if (text !== "") yield Buffer.from(text);
}

/** Writes all of it, however often the system takes a part only. */
export function writeAll(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
}

/** A file's bytes; `undefined` where there is none. Throws a {@link Failure} where it cannot be read. */
export function readBytes(folder: string, name: string): Buffer | undefined {
  const path = join(folder, name);
  try {
    return readFileSync(path);
  } catch (cause) {
    if (!existsSync(path)) return undefined;
    const message = `${path} cannot be read: ${(cause as Error).message}`;
    throw new Failure({ kind: "failedPrecondition", message, cause });
  }
}
