import { lengthOf, timeOf } from "../../baton/leases/time.ts";
import { Failure } from "../../runtime/failure.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { LEASES_FLAGS } from "../flags/leases.ts";
import { requireAccess } from "../settings.ts";

/** `leases`: list them, show, extend or end one, and end what is due. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, positionals } = await readChangeSettings("leases", LEASES_FLAGS, tableAsText(argv), env, output);
  const [what = "list", id, more] = positionals;
  const alertAfter = own["alert-after"];
  if (what === "list" && id === undefined) {
    const { list } = await import("../leases/list.ts");
    return await list({ all: own.all, failing: own.failing, alertAfter }, values, env, output);
  }
  if (what === "run" && id === undefined) {
    requireAccess(values);
    const { runLeases } = await import("../leases/run.ts");
    return await runLeases({ alertAfter, follow: own.follow }, values, env, output);
  }
  if (!["show", "extend", "end"].includes(what) || id === undefined || more !== undefined) {
    throw new Failure({
      kind: "usage",
      message: ["show", "extend", "end"].includes(what)
        ? `leases ${what} takes the id of one lease`
        : `leases takes no argument ${JSON.stringify(id ?? what)}`,
      advice: "there are leases list, show ID, extend ID, end ID and run; see baton-okta help leases",
    });
  }
  if (what === "show") return await (await import("../leases/list.ts")).show(id, values, env, output);
  const { end, extend } = await import("../leases/amend.ts");
  if (what === "end") {
    requireAccess(values);
    return await end(id)(values, env, output);
  }
  if ((own.for === undefined) === (own.until === undefined)) {
    throw new Failure({
      kind: "usage",
      message: "leases extend takes --for or --until",
      advice: "write --for 4h for four hours more than until now, or --until with the new end",
    });
  }
  const by = own.for === undefined ? { until: timeOf(own.until!, "--until") } : { length: lengthOf(own.for, "--for") };
  requireAccess(values);
  return await extend(id, by)(values, env, output);
};

/** The forms of the other commands are text and json; here a table is what text is. */
function tableAsText(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    if (word === "--output=table" || word === "-o=table") return "--output=text";
    return word === "table" && ["-o", "--output"].includes(argv[at - 1] ?? "") ? "text" : word;
  });
}
