import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Settings, Written, WrittenValues } from "./config.ts";
import { Failure } from "./failure.ts";
import { nearest } from "./near.ts";

/** The values that a YAML text gives. Throws a `Failure` of kind `usage` that names `path` and the line. */
export function readYaml(settings: Settings, path: string, text: string): WrittenValues {
  const lines = new LineCounter();
  // The failsafe schema keeps every scalar as it was written: a token of digits stays what it is.
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    // The parser's own words quote the file, which may hold a secret.
    throw new Failure({
      kind: "usage",
      message: `${path} is not valid YAML at line ${line}, column ${col}`,
      advice: `correct that line (${problem.code}); a value with special characters is put in quotes`,
    });
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && isNothing(root))) return new Map();
  if (!isMap(root)) {
    throw new Failure({ kind: "usage", message: `${path} has to hold one setting a line, as "domain: acme.okta.com"` });
  }
  const found = new Map<string, Written>();
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const start = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    const at = `${path}, line ${lines.linePos(start).line}`;
    if (!Object.hasOwn(settings, name)) {
      const near = nearest(name, Object.keys(settings));
      throw new Failure({
        kind: "usage",
        message: `${at}: ${isNameLike(name) ? `there is no setting ${JSON.stringify(name)}` : "this is no setting"}`,
        advice: near === undefined ? "the settings are the names of the flags" : `did you mean ${near}?`,
      });
    }
    const where = `${name} in ${at}`;
    if (value === null || (isScalar(value) && isNothing(value))) continue;
    if (isSeq(value) && settings[name]?.type === "list" && value.items.every((item) => isScalar(item))) {
      found.set(name, { texts: value.items.map((item) => String((item as { value: unknown }).value)), where });
    } else if (isScalar(value)) {
      found.set(name, { texts: [String(value.value)], where });
    } else {
      const wanted = settings[name]?.type === "list" ? "a list of texts" : "a single value";
      throw new Failure({ kind: "usage", message: `${where} takes ${wanted}` });
    }
  }
  return found;
}

/** Whether a text may be shown as the name of a setting: what is none may be a secret on the wrong side of a colon. */
function isNameLike(text: string): boolean {
  return /^[a-z][a-z_-]{0,40}$/i.test(text);
}

/** Whether a scalar is YAML's null: nothing at all, `~` or `null` without quotes. */
function isNothing(scalar: { value: unknown; type?: string }): boolean {
  if (scalar.value === "" || scalar.value === null) return true;
  return scalar.type === "PLAIN" && (scalar.value === "~" || scalar.value === "null");
}
