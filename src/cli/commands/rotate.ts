import { Failure } from "../../runtime/failure.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { ROTATE_FLAGS } from "../leases/rotate/command.ts";

/** `rotate`: a new key for the OAuth app, the API token by one that was made by hand, or a user's password. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, flags, positionals } = await readChangeSettings("rotate", ROTATE_FLAGS, argv, env, output);
  const [what, named, more] = positionals;
  if (what === "api-token" && named === undefined) {
    const { runTokenRotation } = await import("../leases/rotate/run-api-token.ts");
    return await runTokenRotation({ values, own, flags, env, output });
  }
  if (what === "password" && named !== undefined && more === undefined) {
    const { runPasswordRotation } = await import("../leases/rotate/run-password.ts");
    return await runPasswordRotation(named, { values, own, env, output });
  }
  if (own["new-token-file"] !== undefined) {
    throw new Failure({ kind: "usage", message: "--new-token-file is for rotate api-token alone" });
  }
  if (what === "oauth-key" && named === undefined) {
    const { runKeyRotation } = await import("../leases/rotate/run-oauth-key.ts");
    return await runKeyRotation({ values, own, env, output });
  }
  const stranger = what === "oauth-key" || what === "api-token" ? named : what;
  throw new Failure({
    kind: "usage",
    message:
      what === undefined
        ? "rotate takes what to rotate"
        : what === "password"
          ? "rotate password takes one user"
          : `rotate takes no argument ${JSON.stringify(stranger)}`,
    advice: "there are rotate oauth-key, rotate api-token and rotate password USER; see baton-okta help rotate",
  });
};
