import type { CommandModule } from "../command.ts";
import { readExploreSettings } from "../explore/settings.ts";

/** `explore`: a page on which to look at a snapshot, until it is told to stop. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, file } = await readExploreSettings(argv, env);
  const { explore } = await import("../explore/explore.ts");
  return await explore(file, values, output);
};
