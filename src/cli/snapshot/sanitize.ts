import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sanitizeSnapshot } from "../../baton/sanitize/sanitize.ts";
import { oktaVocabulary } from "../../okta/risks/well-known-words.ts";
import { Failure } from "../../runtime/failure.ts";
import { isObjectAddress } from "../../runtime/object-store/address.ts";
import { printable } from "../../runtime/printable-text.ts";
import type { Secret } from "../../runtime/secrets/secret.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { snapshotAddress } from "../object-store/snapshot-address.ts";
import { bytes as formatBytes, pluralize } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";

/** What `snapshot sanitize` is given. */
export interface SanitizeRequest {
  readonly file: string;
  /** A file, or a place in an object store. */
  readonly target: string;
  readonly key: Secret | undefined;
  readonly keyFile: string | undefined;
  /** Where the snapshot is unpacked. */
  readonly tempDir: string;
  /** Where the object store is named. */
  readonly env: NodeJS.ProcessEnv;
}

/** `snapshot sanitize FILE OUT`: the same graph with other names, to be shown to others. */
export async function sanitize(request: SanitizeRequest, output: Output): Promise<void> {
  const { file, target, key, keyFile, tempDir } = request;
  const given = key === undefined && keyFile === undefined ? undefined : keyOf(key, keyFile);
  const shutdown = onShutdown();
  try {
    const { fileBytes, syncs } = await written(request, shutdown.stop, (path) =>
      sanitizeSnapshot({
        ...{ file, target: path, key: given ?? randomBytes(32), tempDir, signal: shutdown.stop },
        vocabulary: oktaVocabulary,
      }),
    );
    output.out(`${printable(target)}  ${formatBytes(fileBytes)}, ${pluralize(syncs, "sync")}\n`);
  } catch (cause) {
    if (!shutdown.stop.aborted) throw cause;
    throw new Failure({ kind: "cancelled", message: "interrupted; nothing was written", cause });
  } finally {
    shutdown.dispose();
  }
  if (given === undefined) {
    output.err("Note: no key was given (--key-file), so the names are others each time.\n");
  }
}

/** Has a file written where it belongs; one for an object store is whole before it goes there. */
async function written<T>(
  { target, tempDir, env }: SanitizeRequest,
  signal: AbortSignal,
  write: (path: string) => Promise<T>,
): Promise<T> {
  if (!isObjectAddress(target)) return await write(target);
  const address = snapshotAddress(target);
  const { openObjectStore } = await import("../../runtime/object-store/s3.ts");
  const folder = mkdtempSync(join(tempDir, "baton-"));
  const store = openObjectStore(env, signal);
  try {
    const path = join(folder, "other.c1z");
    const result = await write(path);
    await store.put(path, address);
    return result;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function keyOf(key: Secret | undefined, file: string | undefined): Uint8Array {
  if (key !== undefined && file !== undefined) {
    throw new Failure({ kind: "usage", message: "--key and --key-file are two keys", advice: "give one of them" });
  }
  if (key !== undefined) return Buffer.from(key.reveal());
  try {
    return Buffer.from(readFileSync(file!, "utf8").trim());
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new Failure({ kind: "usage", message: `the key ${file} cannot be read (${code})`, cause });
  }
}
