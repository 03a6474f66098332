import { Failure } from "../../runtime/failure.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { textWidth } from "../layout.ts";
import { hideSecrets } from "../process-title.ts";
import { readSettings, requireAccess } from "../settings.ts";
import { renderSummary, summaryData } from "../summary.ts";

/** `sync`, and what runs when no command is named. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, positionals, operation } = await readSettings(argv, env);
  hideSecrets([values["api-token"], values["okta-private-key"], values["client-secret"]]);
  const extra = positionals[0];
  if (extra !== undefined) {
    throw new Failure({
      kind: "usage",
      message: `sync takes no argument ${JSON.stringify(extra)}`,
      advice: "a command stands before its flags; a file is given with -f",
    });
  }
  if (operation !== undefined) {
    const { runOperation } = await import("../operation-run.ts");
    return await runOperation(operation, values, env, output);
  }
  if (values.connector === undefined) requireAccess(values);
  // Loaded here: what talks to Okta is not needed to refuse a wrong flag.
  const { syncOrg } = await import("../sync-run.ts");
  const report = await syncOrg(values, env, output);
  output.out(
    values.output === "json"
      ? `${JSON.stringify(summaryData(report), null, 2)}\n`
      : renderSummary(report, textWidth(process.stdout.columns)),
  );
  return EXIT.done;
};
