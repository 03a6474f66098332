import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import { actionNamed, argumentsOf } from "../change/actions.ts";
import { runChange } from "../change/change.ts";
import { objectOf } from "../change/json.ts";
import { printActions } from "../change/operations.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { ACTION_FLAGS } from "../flags/provision.ts";
import { requireAccess } from "../settings.ts";

/** `action run NAME` and `action list`. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, flags, positionals } = await readChangeSettings("action", ACTION_FLAGS, argv, env, output);
  const [verb, name, more] = positionals;
  const resourceType = own["resource-type"];
  if (verb === "list" && name === undefined) return printActions(resourceType, values, output);
  if (verb !== "run" || name === undefined || more !== undefined) {
    const suggestion = verb === undefined ? undefined : didYouMean(verb, ["run", "list"]);
    throw new Failure({
      kind: "usage",
      message: "action takes list, or run and the name of one action",
      advice:
        suggestion === undefined || suggestion === verb
          ? "write baton-okta action run NAME --arg NAME=VALUE"
          : `did you mean ${suggestion}?`,
    });
  }
  const schema = await actionNamed(name);
  // As they were written: a value may hold commas.
  const args = argumentsOf(schema, flags.get("arg")?.texts ?? [], objectOf(own.args ?? "{}", "--args"));
  requireAccess(values);
  const request = { kind: "action" as const, name, args, ...(resourceType === undefined ? {} : { resourceType }) };
  return await runChange(request, values, env, output, { flagForm: false });
};
