import { ScimError } from "./error.ts";

/** A JSON value as a store may keep it. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** How deep a resource may be nested: those of the standard have 4 levels, a patch around one two more. */
const MAX_DEPTH = 20;

/**
 * Reads a request's body. Passwords are left out here, before anything else sees them, wherever they stand: as an
 * attribute, in a patch by its path, in a patch without one. Throws a {@link ScimError} for what is no JSON object.
 */
export function readBody(body: Buffer): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    // The parser's own words quote the text, which may hold a password.
    throw new ScimError(400, "the body is not JSON", "invalidSyntax");
  }
  const value = cleaned(parsed, 1);
  if (!isObject(value)) throw new ScimError(400, "the body is not a JSON object", "invalidSyntax");
  return withoutPasswordOperations(value);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The key under which an object has an attribute, whose case means nothing (RFC 7643, section 2.1). */
export function keyOf(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** An object's attribute by its name in any case. */
export function attributeOf(object: JsonObject, name: string): Json | undefined {
  const key = keyOf(object, name);
  return key === undefined ? undefined : object[key];
}

/** Whether a name or path is that of a password: `password`, or with its schema in front. */
export function isPassword(name: string): boolean {
  return /(^|[:.])password$/i.test(name.trim());
}

function cleaned(value: unknown, depth: number): Json {
  switch (typeof value) {
    case "string":
      return cleanText(value);
    case "number":
      // 1e400 is JSON, but no number.
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    default:
  }
  if (typeof value !== "object" || value === null) return null;
  if (depth > MAX_DEPTH)
    throw new ScimError(400, `the body is nested deeper than ${MAX_DEPTH} levels`, "invalidSyntax");
  if (Array.isArray(value)) return value.map((one) => cleaned(one, depth + 1));
  const object: JsonObject = {};
  for (const [key, one] of Object.entries(value)) {
    const name = cleanText(key);
    if (name === "__proto__" || isPassword(name)) continue;
    object[name] = cleaned(one, depth + 1);
  }
  return object;
}

/** Half a surrogate pair cannot be stored as UTF-8, and PostgreSQL has no text with a NUL in it. */
function cleanText(text: string): string {
  if (text.includes("\0")) throw new ScimError(400, "the body holds a NUL character", "invalidValue");
  return text.toWellFormed();
}

function withoutPasswordOperations(body: JsonObject): JsonObject {
  const key = keyOf(body, "Operations");
  const operations = key === undefined ? undefined : body[key];
  if (key === undefined || !Array.isArray(operations)) return body;
  const kept = operations.filter((operation) => {
    const path = isObject(operation) ? attributeOf(operation, "path") : undefined;
    return typeof path !== "string" || !isPassword(path);
  });
  return { ...body, [key]: kept };
}
