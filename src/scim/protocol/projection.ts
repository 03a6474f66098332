import { isObject, type Json, type JsonObject } from "./json.ts";
import { isUrn } from "./urns.ts";

/** Which attributes a client wants. Source: RFC 7644, section 3.9. */
export interface Projection {
  /** Only these, and what is always shown. */
  readonly attributes?: readonly string[];
  readonly excluded?: readonly string[];
}

/** What is always shown. Source: RFC 7643, sections 3 and 3.1. */
const ALWAYS = new Set(["schemas", "id"]);

/** A projection as the query writes it: names with commas between them. */
export function projectionOf(attributes: string | null, excluded: string | null): Projection {
  const names = (text: string | null) =>
    (text ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "");
  const [wanted, unwanted] = [names(attributes), names(excluded)];
  if (wanted.length > 0) return { attributes: wanted };
  return unwanted.length > 0 ? { excluded: unwanted } : {};
}

/** Whether any of an attribute is shown, so that what is not need not be read. */
export function shows({ attributes, excluded }: Projection, name: string, schema: string): boolean {
  const lower = name.toLowerCase();
  const names = [lower, `${schema.toLowerCase()}:${lower}`];
  if (attributes !== undefined) {
    return attributes.some((one) => names.some((known) => one === known || one.startsWith(`${known}.`)));
  }
  return !excluded?.some((one) => names.includes(one));
}

/** What of a resource is shown. `schema`: the URN that core attributes may be written with. */
export function projected(resource: JsonObject, { attributes, excluded }: Projection, schema: string): JsonObject {
  const core = `${schema.toLowerCase()}:`;
  const pathsOf = (names: readonly string[]) =>
    names.map((name) => (name.startsWith(core) ? name.slice(core.length) : name));
  if (attributes !== undefined) return picked(resource, pathsOf(attributes), true);
  return excluded === undefined ? resource : without(resource, pathsOf(excluded), true);
}

function picked(object: JsonObject, paths: readonly string[], top: boolean): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const rest = restsOf(key, paths);
    if ((top && ALWAYS.has(key)) || rest.includes("")) out[key] = value;
    else if (rest.length > 0) out[key] = within(value, (one) => picked(one, rest, false));
  }
  return out;
}

function without(object: JsonObject, paths: readonly string[], top: boolean): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const rest = restsOf(key, paths);
    if (rest.includes("") && !(top && ALWAYS.has(key))) continue;
    out[key] = rest.length > 0 && !rest.includes("") ? within(value, (one) => without(one, rest, false)) : value;
  }
  return out;
}

/** What is left of the paths that begin with a key; `""` for a path that is the key. */
function restsOf(key: string, paths: readonly string[]): string[] {
  const lower = key.toLowerCase();
  const joint = isUrn(key) ? ":" : ".";
  return paths.flatMap((path) => {
    if (path === lower) return [""];
    return path.startsWith(`${lower}${joint}`) ? [path.slice(lower.length + 1)] : [];
  });
}

function within(value: Json, change: (object: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? change(one) : one));
  return isObject(value) ? change(value) : value;
}
