import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { readSettings, requireAccess } from "../settings.ts";
import { hideSecrets } from "../terminal/process-title.ts";

/** The short names that flags have after `events`. */
const SHORT: Readonly<Record<string, string>> = {
  "--since": "--event-feed-start-at",
  "--cursor": "--event-feed-cursor",
  "--cursor-file": "--event-feed-cursor-file",
};

/** `events`: the same as `--event-feed`, in fewer words. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals } = await readSettings(["--event-feed=true", ...argv.map(long)], env, output);
  hideSecrets([values["api-token"], values["okta-private-key"]]);
  if (positionals.length > 0) {
    throw new Failure({ kind: "usage", message: `events takes no argument ${JSON.stringify(positionals[0])}` });
  }
  requireAccess(values);
  const { printEvents } = await import("../daemon/events.ts");
  return printEvents(values, env, output);
};

function long(word: string): string {
  const [name = "", ...rest] = word.split("=");
  return Object.hasOwn(SHORT, name) ? [SHORT[name], ...rest].join("=") : word;
}
