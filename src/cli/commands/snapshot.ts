import { stat } from "node:fs/promises";
import type { FormName } from "../../baton/access/export/forms.ts";
import { intoItself } from "../../baton/sanitize/sanitize.ts";
import { openForQuestions, type SnapshotReader } from "../../baton/snapshot/reader.ts";
import { resolveSettings } from "../../runtime/config/config.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import { addressText, isObjectAddress, parseObjectAddress } from "../../runtime/object-store/address.ts";
import { printable } from "../../runtime/printable-text.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { SNAPSHOT_FLAGS } from "../flags/snapshot.ts";
import { fetchFiles } from "../object-store/fetched.ts";
import { diff } from "../snapshot/diff.ts";
import { exportSnapshot } from "../snapshot/export.ts";
import { findings } from "../snapshot/findings/findings.ts";
import type { Question, SnapshotFlags } from "../snapshot/question.ts";
import { access } from "../snapshot/questions/access.ts";
import { compare } from "../snapshot/questions/compare.ts";
import { grants } from "../snapshot/questions/grants.ts";
import { entitlements, resources, resourceTypes, syncs } from "../snapshot/questions/lists.ts";
import { whatIf } from "../snapshot/questions/what-if.ts";
import { who } from "../snapshot/questions/who.ts";
import { type OutputFormat, printRows } from "../snapshot/rows.ts";
import { sanitize } from "../snapshot/sanitize.ts";
import { inspectSnapshot, renderShown } from "../snapshot/show.ts";
import { bytes } from "../terminal/layout.ts";
import type { Output } from "../terminal/output.ts";

/** Answers the exit code where it is another than `done`. */
type Action = (
  words: readonly string[],
  flags: SnapshotFlags,
  output: Output,
  env: NodeJS.ProcessEnv,
) => Promise<ExitCode | undefined> | Promise<void>;

const QUESTIONS: Readonly<Record<string, Question>> = {
  access,
  who,
  compare,
  "what-if": whatIf,
  grants,
  resources,
  entitlements,
  "resource-types": resourceTypes,
  syncs,
};

/** `snapshot`, followed by a question or by `show`, `diff`, `findings`, `sanitize` or `export`. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { flags, positionals } = parseArguments(argv, SNAPSHOT_FLAGS);
  const { values } = resolveSettings(SNAPSHOT_FLAGS, { flags, environment: new Map(), file: new Map() });
  const [name, ...words] = positionals;
  const known = [...Object.keys(QUESTIONS), ...Object.keys(ACTIONS)];
  if (name === undefined || !known.includes(name)) {
    const suggestion = name === undefined ? undefined : didYouMean(name, known);
    throw new Failure({
      kind: "usage",
      message: name === undefined ? "snapshot takes what to do" : `snapshot cannot ${JSON.stringify(name)}`,
      advice:
        suggestion === undefined ? `write one of ${known.join(", ")}, then the file` : `did you mean ${suggestion}?`,
    });
  }
  const named = values.file === undefined ? words : [values.file, ...words];
  const question = QUESTIONS[name];
  if ((values.output === "sarif" || values.output === "ocsf") && name !== "findings") {
    throw new Failure({
      kind: "usage",
      message: `only findings can be printed as ${values.output.toUpperCase()}`,
      advice: values.output === "ocsf" && name === "export" ? "write --format ocsf" : "write -o json or csv",
    });
  }
  // What is in an object store is asked about in a copy; where something is written is no file to be read.
  if (name === "sanitize") refuseItself(named);
  const read = name === "export" || name === "sanitize" ? 1 : named.length;
  const fetched = await fetchFiles(named.slice(0, read), env, values["c1z-temp-dir"]);
  const files = [...fetched.files, ...named.slice(read)];
  try {
    if (question === undefined) return (await ACTIONS[name]!(files, values, output, env)) ?? EXIT.done;
    await ask(name, question, files, values, output);
    return EXIT.done;
  } finally {
    fetched.remove();
  }
};

async function ask(
  name: string,
  question: Question,
  [file, ...words]: readonly string[],
  flags: SnapshotFlags,
  output: Output,
): Promise<void> {
  if (file === undefined || words.length !== question.takes.length) {
    throw wrongWords(name, ["one file", ...question.takes].join(" and "));
  }
  await using reader = await open(file, flags);
  const content = reader.content(syncOf(reader, flags.sync));
  const answer = question.answer({ reader, content, words, flags });
  await output.stream(printRows(answer, formOf(flags), flags.limit));
}

function formOf({ output }: SnapshotFlags): OutputFormat {
  return output === "json" || output === "csv" ? output : "table";
}

/** In an object store as in the file system. */
function refuseItself([file = "", target = ""]: readonly string[]): void {
  if (!isObjectAddress(file) || !isObjectAddress(target)) return;
  if (addressText(parseObjectAddress(file)) === addressText(parseObjectAddress(target))) throw intoItself();
}

const ACTIONS: Readonly<Record<string, Action>> = {
  async show(files, flags, output) {
    const file = one("show", files);
    await using reader = await open(file, flags);
    const shown = inspectSnapshot(reader, flags.sync);
    const { size } = await stat(file);
    if (flags.output === "json") output.out(`${JSON.stringify({ file, bytes: size, ...shown }, null, 2)}\n`);
    else output.out(`${printable(file)}, ${bytes(size)}\n\n${renderShown(shown)}`);
  },

  async diff(files, flags, output) {
    if (files.length === 0 || files.length > 2) throw wrongFiles("diff");
    await using after = await open(files.at(-1)!, flags);
    await using before = files.length === 2 ? await open(files[0]!, flags) : undefined;
    const [old, now] =
      before === undefined
        ? lastTwo(after)
        : [before.content(syncOf(before, undefined)), after.content(syncOf(after, flags.sync))];
    await diff(old, now, formOf(flags), flags.limit, output);
  },

  async findings(files, flags, output) {
    await using reader = await open(one("findings", files), flags);
    return await findings(reader, syncOf(reader, flags.sync), flags, output);
  },

  async sanitize([file, target, ...rest], flags, output, env) {
    if (file === undefined || target === undefined || rest.length > 0) {
      throw wrongWords("sanitize", "one file and the file to write");
    }
    const tempDir = flags["c1z-temp-dir"] ?? tempFolder(env);
    await sanitize({ file, target, key: flags.key, keyFile: flags["key-file"], tempDir, env }, output);
  },

  async export([file, folder, ...rest], flags, output, env) {
    if (file === undefined || rest.length > 0)
      throw wrongWords("export", "one file, and a folder where there are several files to write");
    await using reader = await open(file, flags);
    const syncId = syncOf(reader, flags.sync);
    await exportSnapshot({ reader, syncId, form: flags.format as FormName, folder, org: flags.org ?? "", env }, output);
  },
};

function open(file: string, flags: SnapshotFlags): Promise<SnapshotReader> {
  return openForQuestions(file, { noCache: flags["no-cache"], tempDir: flags["c1z-temp-dir"] });
}

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
  return wrongWords(name, name === "diff" ? "one or two files" : "one file");
}

function wrongWords(name: string, takes: string): Failure {
  const usage = COMMANDS.snapshot?.usage.find((line) => line.startsWith(`snapshot ${name} `));
  return new Failure({
    kind: "usage",
    message: `snapshot ${name} takes ${takes}`,
    advice: `write baton-okta ${usage}`,
  });
}
