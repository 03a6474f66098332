import { isSea } from "node:sea";
import { HOST, isWindows, type System } from "./system.ts";

/** What can only be given to Node when it starts. */
export interface StartOptions {
  /** Flags of Node or V8, as `--max-semi-space-size=4`. */
  readonly flags: readonly string[];
  /** Variables for what lies below Node; those that are set already stay. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is asked of the process that runs. */
export interface RunningProcess {
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the parent speaks to it over a channel, which would be lost. */
  readonly hasChannel: boolean;
  /** Whether Node and the program are one file, which takes no flags of Node. */
  readonly isOneFile: boolean;
}

/** How the same program is started with the options; `undefined` where it was, or the system cannot. */
export function restartOf(
  { flags, env }: StartOptions,
  running: RunningProcess,
  system: System = HOST,
): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } | undefined {
  if (isWindows(system) || running.hasChannel || running.isOneFile) return undefined;
  const wanted = flags.filter((flag) => !running.env.NODE_OPTIONS?.includes(flag.split("=")[0]!));
  if (isStartedWith({ flags: wanted }, running.execArgv)) return undefined;
  // Of a flag that is given twice the last one counts, so what was chosen for this run stays.
  const args = [running.execPath, ...wanted, ...running.execArgv, ...running.argv.slice(1)];
  return { args, env: { ...env, ...running.env } };
}

/** Whether the process was started with the flags. */
export function isStartedWith({ flags }: Pick<StartOptions, "flags">, execArgv: readonly string[] = process.execArgv) {
  return flags.every((flag) => execArgv.includes(flag));
}

/**
 * Puts the same program, started with the options, in place of this one: the same process, with the same id, streams and
 * parent. To be called before anything else has begun. Returns where that has been done before, and where it cannot be.
 */
export function restartWith(options: StartOptions): void {
  const { execPath, execArgv, argv, env } = process;
  const hasChannel = process.send !== undefined;
  const next = restartOf(options, { execPath, execArgv, argv, env, hasChannel, isOneFile: isSea() });
  if (next === undefined || process.execve === undefined) return;
  const { emitWarning } = process;
  try {
    // It is new in Node, which says so each time.
    process.emitWarning = () => {};
    process.execve(execPath, [...next.args], next.env);
  } catch {
    // Where it is not allowed the program runs as it was started.
  } finally {
    process.emitWarning = emitWarning;
  }
}
