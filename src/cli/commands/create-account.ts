import { Failure } from "../../runtime/failure.ts";
import { accountRequest } from "../change/account.ts";
import { runChange } from "../change/change.ts";
import { objectOf } from "../change/json.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { ACCOUNT_FLAGS } from "../flags/provision.ts";
import { requireAccess } from "../settings.ts";

/** `create-account`. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, positionals } = await readChangeSettings("create-account", ACCOUNT_FLAGS, argv, env, output);
  if (positionals.length > 0) {
    throw new Failure({
      kind: "usage",
      message: `create-account takes no argument ${JSON.stringify(positionals[0])}`,
      advice: "the account is described by --profile, or by --email and its like",
    });
  }
  if (own.profile === undefined && own.email === undefined) {
    throw new Failure({ kind: "usage", message: "create-account takes --profile or --email" });
  }
  const request = accountRequest({
    profile: objectOf(own.profile ?? "{}", "--profile"),
    fill: { email: own.email, login: own.login, first_name: own["first-name"], last_name: own["last-name"] },
    encryptTo: values["encrypt-to"],
    passwordLength: own["password-length"],
  });
  requireAccess(values);
  return await runChange({ kind: "createAccount", request }, values, env, output, { flagForm: false });
};
