import { attributeOf, isObject, type Json, type JsonObject } from "../json.ts";
import { isUrn } from "../urns.ts";
import type { Comparison, Filter, FilterValue } from "./parse.ts";

/** Attributes whose case counts. Source: RFC 7643, section 3.1 (`id`, `externalId`); an id is what a member's `value` is. */
const EXACT = new Set(["id", "externalid"]);

/** Whether a resource, or one value of a multi-valued attribute, fulfils a filter. */
export function matches(filter: Filter, resource: JsonObject): boolean {
  switch (filter.op) {
    case "and":
      return filter.parts.every((part) => matches(part, resource));
    case "or":
      return filter.parts.some((part) => matches(part, resource));
    case "not":
      return !matches(filter.part, resource);
    case "pr":
      return valuesAt(resource, filter.path).some(isPresent);
    case "some":
      return valuesAt(resource, filter.path).some((value) => matches(filter.part, isObject(value) ? value : { value }));
    default: {
      const { op, path, value } = filter;
      const values = valuesAt(resource, path).map(simple);
      const exact = EXACT.has(path.toLowerCase());
      if (op === "ne") return !values.some((one) => compares("eq", one, value, exact));
      if (op === "eq" && value === null) return !values.some(isPresent);
      return values.some((one) => compares(op, one, value, exact));
    }
  }
}

/** The values that a path such as `name.givenName` or `urn:...:User:department` leads to. */
export function valuesAt(resource: JsonObject, path: string): Json[] {
  const colon = isUrn(path) ? path.lastIndexOf(":") : -1;
  if (colon < 0) return path.split(".").reduce<Json[]>(step, [resource]);
  const names = path.slice(colon + 1).split(".");
  const whole = attributeOf(resource, path);
  if (whole !== undefined) return [whole];
  const extension = attributeOf(resource, path.slice(0, colon));
  // The core schema may stand in front too: its attributes lie in the resource itself.
  return names.reduce<Json[]>(step, [isObject(extension) ? extension : resource]);
}

function step(values: Json[], name: string): Json[] {
  return values.flatMap((value) => {
    const found = isObject(value) ? attributeOf(value, name) : undefined;
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  });
}

/** What stands for a complex value in a comparison: its `value`. Source: RFC 7643, section 2.4. */
function simple(value: Json): Json {
  return isObject(value) ? (attributeOf(value, "value") ?? null) : value;
}

function isPresent(value: Json): boolean {
  if (value === null || value === "") return false;
  return !isObject(value) || Object.keys(value).length > 0;
}

function compares(op: Exclude<Comparison, "ne">, one: Json, value: FilterValue, exact: boolean): boolean {
  if (typeof one === "boolean" && typeof value === "string") {
    return op === "eq" && String(one) === value.toLowerCase();
  }
  if (typeof one !== "string" || typeof value !== "string") {
    if (op === "eq") return one === value;
    if (typeof one !== "number" || typeof value !== "number") return false;
    return ordered(op, one, value);
  }
  const [left, right] = exact ? [one, value] : [one.toLowerCase(), value.toLowerCase()];
  switch (op) {
    case "eq":
      return left === right;
    case "co":
      return left.includes(right);
    case "sw":
      return left.startsWith(right);
    case "ew":
      return left.endsWith(right);
    default: {
      const times = [one, value].map(timeOf);
      return times.includes(undefined) ? ordered(op, left, right) : ordered(op, times[0]!, times[1]!);
    }
  }
}

function ordered<T extends string | number>(op: string, left: T, right: T): boolean {
  if (op === "gt") return left > right;
  if (op === "ge") return left >= right;
  if (op === "lt") return left < right;
  return op === "le" && left <= right;
}

function timeOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
