import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { readScimSettings } from "../scim/settings.ts";
import { hideSecrets, passwordIn } from "../terminal/process-title.ts";

/** `scim`: the receiver; `scim check` and `scim token` beside it. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals } = await readScimSettings(argv, env);
  const [what, ...rest] = positionals;
  hideSecrets([passwordIn(values.store)]);
  if (what === undefined) return (await import("../scim/receiver.ts")).receive(values, output);
  if (what === "token" && rest.length === 1)
    return (await import("../scim/token.ts")).makeToken(rest[0]!, values, output);
  if (what === "check" && rest.length === 0) return (await import("../scim/check.ts")).checkPushed(values, output);
  throw new Failure({
    kind: "usage",
    message: what === "token" ? "scim token takes a name" : `scim takes no argument ${JSON.stringify(rest[0] ?? what)}`,
    advice: "there are scim, scim check and scim token NAME; see baton-okta help scim",
  });
};
