import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ExportedFile, ExportSource } from "../../baton/access/export/form.ts";
import { type FormName, loadForm } from "../../baton/access/export/forms.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import * as vocabulary from "../../okta/risks/graph-vocabulary.ts";
import { Failure } from "../../runtime/failure.ts";
import { addressText, isObjectAddress, parseObjectAddress, within } from "../../runtime/object-store/address.ts";
import { keepOldGenerationSmall } from "../../runtime/old-generation.ts";
import { printable } from "../../runtime/printable-text.ts";
import { replaceFile } from "../../runtime/system/files.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { version } from "../../runtime/version.ts";
import { bytes as formatBytes } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";
import { findingsFile } from "./findings/export.ts";

/** Where an export goes: a folder, or standard output where that is one stream. */
export interface Export {
  readonly reader: SnapshotReader;
  readonly syncId: string | undefined;
  readonly form: FormName;
  readonly folder: string | undefined;
  /** The org that the snapshot is of, as far as the user says so. */
  readonly org: string;
  /** Where the object store is named, for a folder in one. */
  readonly env: NodeJS.ProcessEnv;
}

/** `snapshot export`. Throws a `Failure` of kind `usage` where a form needs a folder, or whatever the disk refuses. */
export async function exportSnapshot(
  { reader, syncId, form: name, folder, org, env }: Export,
  output: Output,
): Promise<void> {
  const form = await loadForm(name, vocabulary);
  if (folder === undefined && !form.stream) {
    throw new Failure({
      kind: "usage",
      message: `${name} is no text that could be printed: it needs a folder`,
      advice: `write baton-okta snapshot export FILE --format ${name} DIR`,
    });
  }
  const content = reader.content(syncId);
  const sync = reader.syncs().find((one) => one.syncId === content.syncId)!;
  const source: ExportSource = { content, sync, org, snapshotSha256: reader.sha256, version };
  // What is dangerous in what is exported is for this program's own rules to say.
  const files = name === "ocsf" ? [...form.files(source), findingsFile(source)] : form.files(source);
  if (folder === undefined) {
    await output.stream(files[0]!.write() as Iterable<string>);
    return;
  }
  keepOldGenerationSmall(50);
  if (isObjectAddress(folder)) return await saveInStore(files, folder, env, output);
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const size = await save(file, folder);
    output.out(`${printable(join(folder, file.name))}  ${formatBytes(size)}\n`);
  }
}

/** Writes each file to a folder of its own, whole, before it goes to the store: nobody ever reads half of one. */
async function saveInStore(
  files: readonly ExportedFile[],
  place: string,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<void> {
  const address = parseObjectAddress(place);
  const { openObjectStore } = await import("../../runtime/object-store/s3.ts");
  const store = openObjectStore(env);
  const folder = mkdtempSync(join(tempFolder(env), "baton-"));
  try {
    for (const file of files) {
      const size = await save(file, folder);
      const to = within(address, file.name);
      await store.put(join(folder, file.name), to);
      rmSync(join(folder, file.name));
      output.out(`${printable(addressText(to))}  ${formatBytes(size)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    store.close();
  }
}

/** Writes a file beside its place, and moves it there when it is whole. */
async function save(file: ExportedFile, folder: string): Promise<number> {
  const path = join(folder, file.name);
  const part = `${path}.part`;
  try {
    const stream = createWriteStream(part, { mode: 0o600, flush: true });
    await pipeline(Readable.from(buffers(file)), stream);
    await replaceFile(part, path);
    return stream.bytesWritten;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Pieces that are worth a write each. */
async function* buffers(file: ExportedFile): AsyncGenerator<Uint8Array> {
  let text = "";
  for await (const piece of file.write()) {
    if (typeof piece === "string") {
      text += piece;
      if (text.length < CHUNK_LENGTH) continue;
    } else if (text === "") {
      yield piece;
      continue;
    }
    yield Buffer.from(text);
    text = "";
    if (typeof piece !== "string") yield piece;
  }
  if (text !== "") yield Buffer.from(text);
}

const CHUNK_LENGTH = 65_536;
