import { fromEnvironment, resolveSettings, type Values } from "../../runtime/config/config.ts";
import { fromFile } from "../../runtime/config/file.ts";
import { parseArguments } from "../arguments.ts";
import { FLAGS } from "../flags/flags.ts";
import { SCIM_FLAGS } from "./command.ts";

/** The values of `scim`'s flags. */
export type ScimValues = Values<typeof SCIM_FLAGS>;

/** Reads the settings of `scim` from the command line, the environment and the file. */
export async function readScimSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ values: ScimValues; positionals: readonly string[] }> {
  const { flags, positionals } = parseArguments(argv, SCIM_FLAGS);
  const environment = fromEnvironment(SCIM_FLAGS, env);
  // The file is the same for all commands: what belongs to others is no mistake.
  const file = await fromFile({ ...FLAGS, ...SCIM_FLAGS }, env);
  return { values: resolveSettings(SCIM_FLAGS, { flags, environment, file }).values, positionals };
}
