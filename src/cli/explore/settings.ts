import { fromEnvironment, resolveSettings, type Values } from "../../runtime/config/config.ts";
import { fromFile } from "../../runtime/config/file.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import { EXPLORE_FLAGS } from "../flags/explore.ts";
import { FLAGS } from "../flags/flags.ts";

/** The values of `explore`'s flags. */
export type ExploreValues = Values<typeof EXPLORE_FLAGS>;

/** Reads the settings of `explore` from the command line, the environment and the file, and which snapshot is meant. */
export async function readExploreSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ values: ExploreValues; file: string }> {
  const { flags, positionals } = parseArguments(argv, EXPLORE_FLAGS);
  const environment = fromEnvironment(EXPLORE_FLAGS, env);
  // The file is the same for all commands: what belongs to others is no mistake.
  const written = await fromFile({ ...FLAGS, ...EXPLORE_FLAGS }, env);
  const { values } = resolveSettings(EXPLORE_FLAGS, { flags, environment, file: written });
  const files = positionals.length > 0 ? positionals : values.file === undefined ? [] : [values.file];
  const [file, ...rest] = files;
  if (file === undefined || rest.length > 0) {
    throw new Failure({
      kind: "usage",
      message: "explore takes one snapshot",
      advice: "write baton-okta explore FILE",
    });
  }
  return { values, file };
}
