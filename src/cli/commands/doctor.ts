import { CAPABILITY_NAMES, type CapabilityName } from "../../okta/doctor/capabilities.ts";
import { fromEnvironment, resolveSettings } from "../../runtime/config/config.ts";
import { fromFile } from "../../runtime/config/file.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import { parseArguments } from "../arguments.ts";
import type { CommandModule } from "../command.ts";
import { EXIT } from "../exit.ts";
import { DOCTOR_FLAGS, DOCTOR_OWN_FLAGS } from "../flags/doctor.ts";
import { FLAGS } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import { Notices } from "../notices.ts";
import { requireAccess } from "../settings.ts";
import { hideSecrets } from "../terminal/process-title.ts";

/** `doctor`: what these credentials can do, and what a sync would take. Changes nothing. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { flags, positionals } = parseArguments(argv, DOCTOR_FLAGS);
  if (positionals.length > 0) {
    throw new Failure({ kind: "usage", message: `doctor takes no argument ${JSON.stringify(positionals[0])}` });
  }
  const nothing = new Map();
  const notices = new Notices();
  const own = resolveSettings(DOCTOR_OWN_FLAGS, { flags, environment: nothing, file: nothing }).values;
  const required = own.require.length === 0 ? (["sync"] as const) : own.require.map(capabilityOf);
  const shared = new Map(flags);
  // `-o` says another thing here than in a sync.
  shared.delete("output");
  const from = {
    flags: shared,
    environment: fromEnvironment(FLAGS, env),
    file: await fromFile(FLAGS, env, notices.add),
  };
  const { values, sources } = resolveSettings(FLAGS, from, notices.add);
  await notices.report(values, output);
  hideSecrets([values["api-token"], values["okta-private-key"]]);
  requireAccess(values);
  const level = sources["log-level"] === "default" ? DOCTOR_FLAGS["log-level"].default : values["log-level"];
  const logs = openLogs({ ...values, "log-level": level }, output, output.err);
  // Loaded here: what talks to Okta is not needed to refuse a wrong flag.
  const [{ examineOrg }, { doctorData, missingOf, renderDoctor }] = await Promise.all([
    import("../doctor/run.ts"),
    import("../doctor/report.ts"),
  ]);
  const report = await examineOrg(values, env, logs.log);
  output.out(
    own.output === "json"
      ? `${JSON.stringify(doctorData(report, required), null, 2)}\n`
      : renderDoctor(report, required),
  );
  return missingOf(report, required).length === 0 ? EXIT.done : EXIT.credentials;
};

function capabilityOf(name: string): CapabilityName {
  const found = CAPABILITY_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  const suggestion = didYouMean(name, CAPABILITY_NAMES);
  throw new Failure({
    kind: "usage",
    message: `there is no capability ${JSON.stringify(name)}`,
    advice: suggestion === undefined ? `there are ${CAPABILITY_NAMES.join(", ")}` : `did you mean ${suggestion}?`,
  });
}
