import { stat } from "node:fs/promises";
import { accessCsv, accessJsonLines } from "../../baton/snapshot/access.ts";
import { exportJson } from "../../baton/snapshot/export.ts";
import { openSnapshot, type SnapshotReader } from "../../baton/snapshot/reader.ts";
import { resolveSettings, type Values } from "../../runtime/config.ts";
import { Failure } from "../../runtime/failure.ts";
import { nearest } from "../../runtime/near.ts";
import { printable } from "../../runtime/printable-text.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { COMMANDS, SNAPSHOT_FLAGS } from "../commands.ts";
import { EXIT } from "../exit.ts";
import { bytes } from "../layout.ts";
import type { Output } from "../output.ts";
import { diffLines, diffText } from "../snapshot/diff.ts";
import { grantFilter, grantLines, grantTable } from "../snapshot/grants.ts";
import { lookInto, renderShown } from "../snapshot/show.ts";

type Flags = Values<typeof SNAPSHOT_FLAGS>;
type Action = (files: readonly string[], flags: Flags, output: Output) => Promise<void>;

/** `snapshot show|grants|diff|export`. */
export const run: CommandModule["run"] = async ({ argv, output }) => {
  const { flags, positionals } = parseArguments(argv, SNAPSHOT_FLAGS);
  const { values } = resolveSettings(SNAPSHOT_FLAGS, { flags, environment: new Map(), file: new Map() });
  const [name, ...files] = positionals;
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    const near = name === undefined ? undefined : nearest(name, Object.keys(ACTIONS));
    throw new Failure({
      kind: "usage",
      message: name === undefined ? "snapshot takes what to do" : `snapshot cannot ${JSON.stringify(name)}`,
      advice:
        near === undefined ? `write one of ${Object.keys(ACTIONS).join(", ")}, then the file` : `did you mean ${near}?`,
    });
  }
  await action(files, values, output);
  return EXIT.done;
};

const ACTIONS: Readonly<Record<string, Action>> = {
  async show(files, flags, output) {
    const file = one("show", files);
    await using reader = await openSnapshot(file);
    const shown = lookInto(reader, flags.sync);
    const { size } = await stat(file);
    if (flags.output === "json") output.out(`${JSON.stringify({ file, bytes: size, ...shown }, null, 2)}\n`);
    else output.out(`${printable(file)}, ${bytes(size)}\n\n${renderShown(shown)}`);
  },

  async grants(files, flags, output) {
    await using reader = await openSnapshot(one("grants", files));
    const content = reader.content(syncOf(reader, flags.sync));
    const filter = grantFilter(content, flags);
    const list = flags.output === "json" ? grantLines : grantTable;
    await output.stream(list(content, filter, flags.limit));
  },

  async diff(files, flags, output) {
    if (files.length === 0 || files.length > 2) throw wrongFiles("diff");
    await using after = await openSnapshot(files.at(-1)!);
    await using before = files.length === 2 ? await openSnapshot(files[0]!) : undefined;
    const [old, now] =
      before === undefined
        ? lastTwo(after)
        : [before.content(syncOf(before, undefined)), after.content(syncOf(after, flags.sync))];
    const list = flags.output === "json" ? diffLines : diffText;
    await output.stream(list(old, now, flags.limit));
  },

  async export(files, flags, output) {
    await using reader = await openSnapshot(one("export", files));
    const content = reader.content(syncOf(reader, flags.sync));
    const write = { json: exportJson, jsonl: accessJsonLines, csv: accessCsv }[flags.format] ?? accessJsonLines;
    await output.stream(write(content));
  },
};

/** The sync that was asked for; a file without a full sync is looked at by its newest finished one. */
function syncOf(reader: SnapshotReader, named: string | undefined): string | undefined {
  return named ?? (reader.current() ?? reader.newestFinished())?.syncId;
}

/** The newest two finished full syncs of one file: what changed between them. */
function lastTwo(reader: SnapshotReader) {
  const full = reader.syncs().filter(({ type, endedAt }) => type === "full" && endedAt !== undefined);
  const [old, now] = full.slice(-2);
  if (old === undefined || now === undefined) {
    throw new Failure({
      kind: "notFound",
      message: `${reader.path} holds only one finished full sync`,
      advice: "name two files: snapshot diff OLD NEW",
    });
  }
  return [reader.content(old.syncId), reader.content(now.syncId)] as const;
}

function one(name: string, files: readonly string[]): string {
  const [file] = files;
  if (file === undefined || files.length > 1) throw wrongFiles(name);
  return file;
}

function wrongFiles(name: string): Failure {
  const usage = COMMANDS.snapshot?.usage.find((line) => line.startsWith(`snapshot ${name} `));
  return new Failure({
    kind: "usage",
    message: `snapshot ${name} takes ${name === "diff" ? "one or two files" : "one file"}`,
    advice: `write baton-okta ${usage}`,
  });
}
