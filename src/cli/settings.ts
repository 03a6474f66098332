import { fromEnvironment, resolveSettings, variableOf, type WrittenValues } from "../runtime/config.ts";
import { fromFile } from "../runtime/config-file.ts";
import { Failure } from "../runtime/failure.ts";
import { parseArguments } from "./arguments.ts";
import { ALL_FLAGS, FLAGS, type FlagValues } from "./flags.ts";
import { LATER_FLAGS, OPERATIONS } from "./flags-later.ts";

/**
 * Reads the settings of a run from the command line, the environment and the file, and refuses what does not go
 * together. Throws a `Failure` of kind `usage`.
 */
export async function readSettings(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ values: FlagValues; positionals: readonly string[] }> {
  const { flags, positionals } = parseArguments(argv, ALL_FLAGS);
  const environment = fromEnvironment(ALL_FLAGS, env);
  const file = await fromFile(ALL_FLAGS, env);
  checkOperations(flags, environment, file);
  const { values } = resolveSettings(FLAGS, { flags, environment, file });
  checkTogether(values);
  return { values, positionals };
}

/**
 * Refuses two operations at once, one without what it needs, and what this version cannot do: none of that must ever
 * turn into a sync.
 */
function checkOperations(...places: readonly WrittenValues[]): void {
  const given = new Map<string, string>();
  for (const place of places) {
    for (const [name, { texts, where }] of place) {
      const off = ALL_FLAGS[name]?.type === "boolean" && ["false", "0", "f"].includes(texts.at(-1) ?? "");
      if (!off && !given.has(name)) given.set(name, where);
    }
  }
  const asked = OPERATIONS.filter(({ asks }) => given.has(asks));
  if (asked.length > 1) {
    const [first, second] = asked.map(({ asks }) => given.get(asks));
    throw new Failure({
      kind: "usage",
      message: `${first} and ${second} cannot be asked for at once`,
      advice: "give one of them",
    });
  }
  for (const { asks, needs } of OPERATIONS) {
    const all = [asks, ...needs];
    const missing = all.find((name) => !given.has(name));
    const there = all.find((name) => given.has(name));
    if (missing !== undefined && there !== undefined) {
      throw new Failure({
        kind: "usage",
        message: `${given.get(there)} needs --${missing} as well`,
        advice: `give --${missing} or ${variableOf(missing)}`,
      });
    }
  }
  const where = [...given].find(([name]) => Object.hasOwn(LATER_FLAGS, name))?.[1];
  if (where === undefined) return;
  throw new Failure({
    kind: "usage",
    message: `${where} is not available in this version`,
    advice: "this version reads an org into a snapshot; it changes nothing and runs no service",
  });
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
