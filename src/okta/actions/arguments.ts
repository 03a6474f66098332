import type { Json, JsonObject } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import { kindOf } from "../users/accounts/profile.ts";

/** The names under which a resource id in an argument gives its type and its id. */
const TYPE_KEYS = ["resource_type_id", "resourceTypeId", "resource_type", "resourceType"];
const ID_KEYS = ["resource_id", "resourceId", "resource"];

/**
 * The id of a resource of a type: a text, or an object that names both. Throws a {@link Failure} of kind
 * `invalidArgument` where it cannot be understood or names something of another type.
 */
export function resourceIdIn(args: JsonObject, name: string, type: string): string {
  const value = args[name];
  if (value === undefined || value === null || value === "") throw invalid(name, `${name} is missing`);
  return idOf(value, name, type);
}

/** A list of such ids, each of them once; none where the argument is absent. */
export function resourceIdsIn(args: JsonObject, name: string, type: string): string[] {
  const value = args[name] ?? [];
  const list: readonly Json[] = Array.isArray(value) ? value : [value as Json];
  return [...new Set(list.map((one, at) => idOf(one, `${name}[${at}]`, type)))];
}

/** A text; `undefined` where the argument is absent or null. */
export function textIn(args: JsonObject, name: string): string | undefined {
  const value = args[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalid(name, `${name} must be a text, not ${kindOf(value)}`);
}

/** An object; empty where the argument is absent or null. */
export function objectIn(args: JsonObject, name: string): JsonObject {
  const value = args[name] ?? {};
  if (typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  throw invalid(name, `${name} must be an object, not ${kindOf(value)}`);
}

/** The failure that says that an argument is wrong. */
export function invalid(field: string, message: string, advice?: string): Failure {
  return new Failure({ kind: "invalidArgument", message, field, ...(advice !== undefined && { advice }) });
}

function idOf(value: Json, name: string, type: string): string {
  if (typeof value === "string" && value !== "") return value;
  const forms = `give the ${type}'s id, as a text or as {"resource_type_id": "${type}", "resource_id": "..."}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(
      name,
      `${name} must be the id of a ${type}, not ${value === "" ? "an empty text" : kindOf(value)}`,
      forms,
    );
  }
  const object = value as JsonObject;
  const named = only(object, TYPE_KEYS);
  const id = only(object, ID_KEYS);
  if (named === undefined || id === undefined) throw invalid(name, `${name} does not name a ${type}`, forms);
  if (named !== type) throw invalid(name, `${name} names a resource of type "${named}", not a ${type}`, forms);
  return id;
}

/** The text that an object holds under any of several keys; `undefined` where there is none, or not one alone. */
function only(object: JsonObject, keys: readonly string[]): string | undefined {
  const values = new Set(keys.map((key) => object[key] ?? undefined).filter((value) => value !== undefined));
  const [value] = values;
  return values.size === 1 && typeof value === "string" && value !== "" ? value : undefined;
}
