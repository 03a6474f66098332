import { fromEnvironment, resolveSettings, variableOf } from "../runtime/config.ts";
import { fromFile } from "../runtime/config-file.ts";
import { Failure } from "../runtime/failure.ts";
import { parseArguments } from "./arguments.ts";
import { FLAGS, type FlagValues } from "./flags/flags.ts";
import { givenIn, type OperationName, operationIn } from "./operations.ts";

/**
 * Reads the settings of a run from the command line, the environment and the file, and refuses what does not go
 * together. `operation` is what they ask for in place of a sync. Throws a `Failure` of kind `usage`.
 */
export async function readSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ values: FlagValues; positionals: readonly string[]; operation: OperationName | undefined }> {
  const { flags, positionals } = parseArguments(argv, FLAGS);
  const environment = fromEnvironment(FLAGS, env);
  const file = await fromFile(FLAGS, env);
  const given = givenIn(FLAGS, [flags, environment, file]);
  const operation = operationIn(given);
  const { values } = resolveSettings(FLAGS, { flags, environment, file });
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

function checkTogether(values: FlagValues): void {
  if (values["skip-grants"] && values["sync-resources"].length === 0) {
    throw new Failure({
      kind: "usage",
      message: "--skip-grants goes with --sync-resources only",
      advice: "for a whole org without grants use --skip-entitlements-and-grants",
    });
  }
  if (values["sync-resources"].length > 0 && values["skip-entitlements-and-grants"]) {
    throw new Failure({
      kind: "usage",
      message: "--sync-resources and --skip-entitlements-and-grants do not go together",
      advice: "with --sync-resources use --skip-grants",
    });
  }
  if (values["sync-resources"].length > 0 && values["sync-resource-types"].length > 0) {
    throw new Failure({
      kind: "usage",
      message: "--sync-resources and --sync-resource-types do not go together",
      advice: "name the resources, or their types",
    });
  }
}

/** What a run needs to get into an org: checked apart, as `--help` and the like go without. */
export function requireAccess(values: FlagValues): void {
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
