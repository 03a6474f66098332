import type { Settings } from "../runtime/config/config.ts";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./terminal/output.ts";

/** What a command runs with. */
export interface Invocation {
  /** What stands after the command's name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}

/** A command's implementation, loaded when it is named. */
export interface CommandModule {
  /** Runs the command. Throws a `Failure` for what it cannot do. */
  run(invocation: Invocation): Promise<ExitCode>;
}

/** What is known of a command before its code is loaded: all that help and completion need. */
export interface Command {
  /** One phrase, for the list of commands. */
  readonly summary: string;
  /** How it is written, without the program's name. */
  readonly usage: readonly string[];
  /** A paragraph or two, where the summary does not say enough. */
  readonly about?: readonly string[];
  readonly examples?: readonly string[];
  /** What may stand after the command's name, for completion. */
  readonly words?: readonly string[];
  /** Whether files may stand there, for completion. */
  readonly files?: true;
  readonly flags: Settings;
}
