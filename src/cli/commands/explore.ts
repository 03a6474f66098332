import type { CommandModule } from "../command.ts";
import { readExploreSettings } from "../explore/settings.ts";
import { hideSecrets } from "../terminal/process-title.ts";

/** `explore`: a page on which to look at a snapshot, until it is told to stop. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, file } = await readExploreSettings(argv, env);
  hideSecrets([values["oidc-client-secret"]]);
  const { explore } = await import("../explore/explore.ts");
  return await explore(file, values, output);
};
