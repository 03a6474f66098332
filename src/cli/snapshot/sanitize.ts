import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { sanitizeSnapshot } from "../../baton/sanitize/sanitize.ts";
import { oktaVocabulary } from "../../okta/risks/well-known-words.ts";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import type { Secret } from "../../runtime/secrets/secret.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { bytes as formatBytes, pluralize } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";

/** What `snapshot sanitize` is given. */
export interface SanitizeRequest {
  readonly file: string;
  readonly target: string;
  readonly key: Secret | undefined;
  readonly keyFile: string | undefined;
}

/** `snapshot sanitize FILE OUT`: the same graph with other names, to be shown to others. */
export async function sanitize({ file, target, key, keyFile }: SanitizeRequest, output: Output): Promise<void> {
  const given = key === undefined && keyFile === undefined ? undefined : keyOf(key, keyFile);
  const shutdown = onShutdown();
  try {
    const { fileBytes, syncs } = await sanitizeSnapshot({
      ...{ file, target, key: given ?? randomBytes(32), tempDir: tempFolder(), signal: shutdown.stop },
      vocabulary: oktaVocabulary,
    });
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
