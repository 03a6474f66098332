import {
  fromEnvironment,
  resolveSettings,
  type Settings,
  type Values,
  type WrittenValues,
} from "../../runtime/config/config.ts";
import { fromFile } from "../../runtime/config/file.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import { FLAGS, type FlagValues } from "../flags/flags.ts";
import { Notices } from "../notices.ts";
import { namedSettings, OPERATION_FLAGS } from "../operations/operations.ts";
import type { Output } from "../terminal/output.ts";
import { hideSecrets, passwordIn } from "../terminal/process-title.ts";
import { refuseUnsupportedFlags } from "../unsupported-flags.ts";

/** The settings of a command that changes something. */
export interface ChangeSettings<Own extends Settings> {
  readonly values: FlagValues;
  /** The command's own flags; they have no variable and stand in no file. */
  readonly own: Values<Own>;
  /** What was written on the command line, as it was written. */
  readonly flags: WrittenValues;
  readonly positionals: readonly string[];
}

/**
 * Reads the settings of a command that has flags of its own. What the environment or the file ask for as operations is
 * theirs, and passed over; as flags it is refused. Throws a `Failure` of kind `usage`.
 */
export async function readChangeSettings<Own extends Settings>(
  command: string,
  own: Own,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<ChangeSettings<Own>> {
  const { flags, positionals } = parseArguments(argv, { ...FLAGS, ...own });
  const stranger = OPERATION_FLAGS.find((name) => flags.has(name) && !Object.hasOwn(own, name));
  if (stranger !== undefined) {
    throw new Failure({
      kind: "usage",
      message: `${command} and --${stranger} cannot be asked for at once`,
      advice: `see baton-okta help ${command}`,
    });
  }
  refuseUnsupportedFlags(namedSettings(FLAGS, [flags]));
  const environment = fromEnvironment(FLAGS, env);
  const notices = new Notices();
  const file = await fromFile(FLAGS, env, notices.add);
  const { values } = resolveSettings(FLAGS, { flags, environment, file }, notices.add);
  await notices.report(values, output);
  const { values: ownValues } = resolveSettings(own, { flags, environment: new Map(), file: new Map() });
  hideSecrets([values["api-token"], values["okta-private-key"], passwordIn(values["lease-store"] ?? "")]);
  return { values, own: ownValues, flags, positionals };
}
