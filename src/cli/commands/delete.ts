import { Failure } from "../../runtime/failure.ts";
import { runChange } from "../change/change.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { requireAccess } from "../settings.ts";

/** `delete TYPE ID`. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals } = await readChangeSettings("delete", {}, argv, env, output);
  const [type, id, more] = positionals;
  if (type === undefined || id === undefined || more !== undefined) {
    throw new Failure({
      kind: "usage",
      message: "delete takes a resource type and an id",
      advice: "write baton-okta delete group 00g1abcd",
    });
  }
  requireAccess(values);
  return await runChange({ kind: "delete", resource: { type, id } }, values, env, output, { flagForm: false });
};
