import { readFileSync } from "node:fs";
import type { Settings, Written, WrittenValues } from "./config.ts";
import { Failure } from "./failure.ts";
import { nearest } from "./near.ts";

/** The file that is read where it exists and nothing else is named. */
export const DEFAULT_CONFIG_FILE = ".baton.yaml";

/**
 * The values that the configuration file gives: the one that `BATON_CONFIG_PATH` names, which has to exist, else
 * `./.baton.yaml` where there is one. Throws a `Failure` of kind `usage` for what cannot be read or is no setting.
 */
export async function fromFile(settings: Settings, env: NodeJS.ProcessEnv): Promise<WrittenValues> {
  const named = env.BATON_CONFIG_PATH || undefined;
  const path = named ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && named === undefined) return new Map();
    throw new Failure({
      kind: "usage",
      message: `the configuration file ${path} cannot be read (${code === "ENOENT" ? "there is none" : code})`,
      advice: named === undefined ? "check its permissions" : "set BATON_CONFIG_PATH to a YAML file, or unset it",
      cause,
    });
  }
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  // The failsafe schema keeps every scalar as it was written: a token of digits stays what it is.
  const document = yaml.parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    // Multi-line messages quote the file, which may hold a secret.
    const said = problem.message.split("\n")[0];
    throw new Failure({
      kind: "usage",
      message: `${path} is not valid YAML at line ${line}, column ${col}`,
      advice: `correct that line (${problem.code}${/["'`]/.test(said ?? "") ? "" : `: ${said}`})`,
    });
  }
  const root = document.contents;
  if (root === null || (yaml.isScalar(root) && isNothing(root))) return new Map();
  if (!yaml.isMap(root)) {
    throw new Failure({ kind: "usage", message: `${path} has to hold one setting a line, as "domain: acme.okta.com"` });
  }
  const found = new Map<string, Written>();
  for (const { key, value } of root.items) {
    const name = yaml.isScalar(key) ? String(key.value) : "";
    const start = yaml.isNode(key) ? (key.range?.[0] ?? 0) : 0;
    const at = `${path}, line ${lines.linePos(start).line}`;
    if (!Object.hasOwn(settings, name)) {
      const near = nearest(name, Object.keys(settings));
      throw new Failure({
        kind: "usage",
        message: `${at}: there is no setting ${JSON.stringify(name)}`,
        advice: near === undefined ? "the settings are the names of the flags" : `did you mean ${near}?`,
      });
    }
    const where = `${name} in ${at}`;
    if (yaml.isSeq(value) && settings[name]?.type === "list" && value.items.every((item) => yaml.isScalar(item))) {
      found.set(name, { texts: value.items.map((item) => String((item as { value: unknown }).value)), where });
    } else if (value === null || (yaml.isScalar(value) && isNothing(value))) {
    } else if (yaml.isScalar(value)) {
      found.set(name, { texts: [String(value.value)], where });
    } else {
      const wanted = settings[name]?.type === "list" ? "a list of texts" : "a single value";
      throw new Failure({ kind: "usage", message: `${where} takes ${wanted}` });
    }
  }
  return found;
}

/** Whether a scalar is YAML's null: nothing at all, `~` or `null` without quotes. */
function isNothing(scalar: { value: unknown; type?: string }): boolean {
  if (scalar.value === "" || scalar.value === null) return true;
  return scalar.type === "PLAIN" && (scalar.value === "~" || scalar.value === "null");
}
