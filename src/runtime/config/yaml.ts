import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { didYouMean } from "../did-you-mean.ts";
import { Failure } from "../failure.ts";
import type { Notify, Setting, Settings, Written, WrittenValues } from "./config.ts";

/**
 * The values that a YAML text gives. Keys are the names of settings in any case; of any other key `notify` hears, and
 * it decides nothing. Throws a `Failure` of kind `usage` that names `path` and the line.
 */
export function readYaml(settings: Settings, path: string, text: string, notify: Notify = () => {}): WrittenValues {
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
  for (const [i, { key, value }] of root.items.entries()) {
    const written = isScalar(key) ? String(key.value) : "";
    const name = nameOf(written, settings);
    const start = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    const at = `${path}, line ${lines.linePos(start).line}`;
    if (name === undefined) {
      notify(unknownSetting(written, at, settings));
      continue;
    }
    const where = `${name} in ${at}`;
    if (value === null || (isScalar(value) && isNothing(value))) continue;
    if (found.has(name)) throw new Failure({ kind: "usage", message: `${where} is given more than once` });
    const texts = isMap(value) && settings[name]!.isJson ? [jsonOf(text, i)] : textsOf(value as Node, settings[name]!);
    if (texts === undefined) {
      const wanted = settings[name]?.type === "list" ? "a list of texts" : "a single value";
      throw new Failure({ kind: "usage", message: `${where} takes ${wanted}` });
    }
    found.set(name, { texts, where });
  }
  return found;
}

/** The setting that a key means, whatever its case. */
function nameOf(written: string, settings: Settings): string | undefined {
  const lower = written.toLowerCase();
  return [written, lower].find((name) => Object.hasOwn(settings, name));
}

function unknownSetting(written: string, at: string, settings: Settings) {
  const suggestion = isNameLike(written) ? didYouMean(written.toLowerCase(), Object.keys(settings)) : undefined;
  return {
    message: "the configuration file names something that is no setting: it is passed over",
    fields: {
      // What is no name may be a secret on the wrong side of a colon.
      setting: isNameLike(written) ? written : "(not shown, as it is no name)",
      at,
      ...(suggestion === undefined ? {} : { didYouMean: suggestion }),
    },
  };
}

function isNameLike(text: string): boolean {
  return /^[a-z][a-z_-]{0,40}$/i.test(text);
}

/** A value as the texts of a setting; `undefined` where it does not fit. */
function textsOf(value: Node, setting: Setting): string[] | undefined {
  if (isScalar(value)) return [String(value.value)];
  if (isSeq(value) && setting.type === "list" && value.items.every((item) => isScalar(item))) {
    return value.items.map((item) => String((item as { value: unknown }).value));
  }
  return undefined;
}

/** The value of a text's setting as JSON: what is not in quotes may be a number, a truth value or null. */
function jsonOf(text: string, setting: number): string {
  const document = parseDocument(text, { schema: "core" });
  const { value } = (document.contents as YAMLMap).items[setting]!;
  return JSON.stringify((value as Node).toJS(document));
}

/** Whether a scalar is YAML's null: nothing at all, `~` or `null` without quotes. */
function isNothing(scalar: { value: unknown; type?: string }): boolean {
  if (scalar.value === "" || scalar.value === null) return true;
  return scalar.type === "PLAIN" && (scalar.value === "~" || scalar.value === "null");
}
