import { readFileSync } from "node:fs";
import type { JsonObject } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";

/** An object that was given as JSON, or as the `@FILE` that holds it. Throws a `Failure` of kind `usage` for no object. */
export function objectOf(text: string, where: string): JsonObject {
  const source = text.startsWith("@") ? read(text.slice(1), where) : text;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new Failure({ kind: "usage", message: `${where} takes a JSON object; this is no JSON`, cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure({ kind: "usage", message: `${where} takes a JSON object` });
  }
  return value as JsonObject;
}

function read(path: string, where: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new Failure({ kind: "usage", message: `the file ${path} of ${where} cannot be read (${code})`, cause });
  }
}
