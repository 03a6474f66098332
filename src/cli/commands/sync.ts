import { isWhole } from "../../baton/sync/checks/missing.ts";
import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { readSettings, requireAccess } from "../settings.ts";
import { refuseOktaChoices } from "../sync/okta-choices.ts";
import { renderSummary, type SyncReport, summaryData } from "../sync/summary.ts";
import { textWidth } from "../terminal/layout.ts";
import { hideSecrets, passwordIn } from "../terminal/process-title.ts";

/** `sync`, and what runs when no command is named. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals, operation } = await readSettings(argv, env, output);
  hideSecrets([
    ...[values["api-token"], values["okta-private-key"], values["client-secret"]],
    ...[passwordIn(values.store), passwordIn(values["lease-store"] ?? "")],
  ]);
  const extra = positionals[0];
  if (extra !== undefined) {
    throw new Failure({
      kind: "usage",
      message: `sync takes no argument ${JSON.stringify(extra)}`,
      advice: "a command stands before its flags; a file is given with -f",
    });
  }
  if (values.plan) {
    refuseWithPlan(values, operation);
    requireAccess(values);
    const { showPlan } = await import("../plan/run.ts");
    await showPlan(values, env, output);
    return EXIT.done;
  }
  if (operation !== undefined) {
    const { runOperation } = await import("../operations/run.ts");
    return await runOperation(operation, values, env, output);
  }
  if (values.connector === undefined) requireAccess(values);
  else refuseOktaChoices(values, "--connector", "give it where that connector is started");
  // Loaded here: what talks to Okta is not needed to refuse a wrong flag.
  const { syncOrg } = await import("../sync/run.ts");
  const { syncTarget } = await import("../object-store/sync-target.ts");
  const target = await syncTarget(values.file, env, values["c1z-temp-dir"]);
  const show = (made: SyncReport) => {
    const report = { ...made, file: values.file };
    output.out(
      values.output === "json"
        ? `${JSON.stringify(summaryData(report), null, 2)}\n`
        : renderSummary(report, textWidth(process.stdout.columns)),
    );
  };
  const local = target === undefined ? values : { ...values, file: target.file };
  const report = await syncOrg(local, env, output, show, target).finally(() => target?.done());
  if (!values.watch) show(report);
  return isWhole(report.result) ? EXIT.done : EXIT.credentials;
};

/** A plan is one of a full sync of an org: what it would not be about is not passed over. */
function refuseWithPlan(values: FlagValues, operation: string | undefined): void {
  const given = [
    operation !== undefined && `--${operation}`,
    values.connector !== undefined && "--connector",
    values.source === "scim" && "--source scim",
    values["sync-resources"].length > 0 && "--sync-resources",
    values["sync-resource-types"].length > 0 && "--sync-resource-types",
    values["skip-entitlements-and-grants"] && "--skip-entitlements-and-grants",
  ].find((flag) => flag !== false);
  if (given === undefined) return;
  throw new Failure({
    kind: "usage",
    message: `--plan is about a full sync of an Okta org, and ${given} makes none`,
    advice: `leave out one of them`,
  });
}
