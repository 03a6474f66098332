import { fromEnvironment, type Notice, resolveSettings, variableOf } from "../runtime/config/config.ts";
import { fromFile } from "../runtime/config/file.ts";
import { Failure } from "../runtime/failure.ts";
import { parseArguments } from "./arguments.ts";
import { FLAGS, type FlagValues } from "./flags/flags.ts";
import { Notices } from "./notices.ts";
import { namedSettings, type OperationName, operationIn } from "./operations/operations.ts";
import type { Output } from "./terminal/output.ts";
import { refuseUnsupportedFlags } from "./unsupported-flags.ts";

/**
 * Reads the settings of a run from the command line, the environment and the file, and refuses what does not go
 * together. `operation` is what they ask for in place of a sync. What is taken, but not as it was given, is reported on
 * `output`. Throws a `Failure` of kind `usage`.
 */
export async function readSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  output?: Output,
): Promise<{ values: FlagValues; positionals: readonly string[]; operation: OperationName | undefined }> {
  const { flags, positionals } = parseArguments(argv, FLAGS);
  const environment = fromEnvironment(FLAGS, env);
  const notices = new Notices();
  const file = await fromFile(FLAGS, env, notices.add);
  const given = namedSettings(FLAGS, [flags, environment, file]);
  const resolved = resolveSettings(FLAGS, { flags, environment, file }, notices.add);
  const values = withTempFolder(resolved.values, env);
  if (values["storage-engine"] !== "sqlite") notices.add(otherEngine(given.get("storage-engine")!));
  if (output !== undefined) await notices.report(values, output);
  refuseUnsupportedFlags(given);
  const operation = operationIn(given);
  checkTogether(values);
  if (operation === undefined && values["dry-run"]) {
    throw new Failure({
      kind: "usage",
      message: "--dry-run goes with a change only",
      advice: "a sync changes nothing in Okta; see help changes",
    });
  }
  return { values, positionals, operation };
}

/** The working files go where the Baton programs keep theirs, if a variable and no setting says so. */
function withTempFolder(values: FlagValues, env: NodeJS.ProcessEnv): FlagValues {
  return values["c1z-temp-dir"] !== undefined || !env.BATON_TMPDIR
    ? values
    : { ...values, "c1z-temp-dir": env.BATON_TMPDIR };
}

function otherEngine(where: string): Notice {
  return {
    message: "snapshots are written with the SQLite engine, which every Baton reader opens: the setting is passed over",
    fields: { setting: where },
  };
}

function checkTogether(values: FlagValues): void {
  if (values["skip-grants"] && values["sync-resources"].length === 0) {
    throw new Failure({
      kind: "usage",
      message: "--skip-grants goes with --sync-resources only",
      advice: "for a whole org without grants use --skip-entitlements-and-grants",
    });
  }
}

/** What a run needs to get into an org: checked apart, as `--help` and the like go without. */
export function requireAccess(values: FlagValues): void {
  if (values.source === "scim") return;
  if (values.domain === undefined) throw missing("domain", "acme.okta.com");
  if (values["auth-method"] === "api-token-group") {
    if (values["api-token"] === undefined) {
      const key = values["okta-private-key"] !== undefined || values["okta-client-id"] !== undefined;
      throw missing(
        "api-token",
        "TOKEN",
        key ? "; to sign in with the private key add --auth-method private-key-group" : "",
      );
    }
    return;
  }
  for (const name of ["okta-client-id", "okta-private-key", "okta-private-key-id"] as const) {
    if (values[name] === undefined) throw missing(name, FLAGS[name].placeholder);
  }
}

function missing(name: string, example: string, more = ""): Failure {
  return new Failure({
    kind: "usage",
    message: `--${name} is missing`,
    advice: `give --${name} ${example} or set ${variableOf(name)}${more}`,
  });
}
