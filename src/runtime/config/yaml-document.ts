import { parseDocument } from "yaml";
import { Failure } from "../failure.ts";

/**
 * What a YAML (or JSON) text says: objects, lists and texts, every scalar as it is written. Throws a {@link Failure} of
 * kind `usage` that names `path`.
 */
export function parseYaml(path: string, text: string): unknown {
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false });
  const problem = document.errors[0];
  try {
    // Aliases could make a small text a large one.
    if (problem === undefined) return document.toJS({ maxAliasCount: 0 });
  } catch {
    // Reported below.
  }
  throw new Failure({
    kind: "usage",
    message: `${path} is neither YAML nor JSON`,
    advice: `correct it (${problem?.code ?? "aliases are not allowed"}); a value with special characters is put in quotes`,
  });
}
