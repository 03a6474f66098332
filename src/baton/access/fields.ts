import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** A field that differs: what it was and what it is, as JSON. `undefined`: it was, or is, not there. */
export interface FieldChange {
  /** The way to it, as `profile.department` or `annotations.UserTrait.login`. */
  readonly field: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Objects within objects are followed so far; what lies deeper is one value. */
const MAX_DEPTH = 12;

/** The fields in which two messages differ (as `comparableJson` gives them), in the order of their names. */
export function fieldChanges(before: JsonObject, after: JsonObject): FieldChange[] {
  const found: FieldChange[] = [];
  compare("", before, after, 0, found);
  return found;
}

function compare(
  field: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  depth: number,
  found: FieldChange[],
): void {
  const [a, b] = [fieldsOf(field, before), fieldsOf(field, after)];
  if (depth < MAX_DEPTH && a !== undefined && b !== undefined) {
    for (const name of [...new Set([...a.keys(), ...b.keys()])].sort()) {
      compare(field === "" ? name : `${field}.${name}`, a.get(name), b.get(name), depth + 1, found);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) found.push({ field, before, after });
}

/** The fields of an object; annotations by what they are called. `undefined`: a value that is compared as one. */
function fieldsOf(field: string, value: JsonValue | undefined): ReadonlyMap<string, JsonValue> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([name]) => name !== "@type"));
  if (!/(^|\.)annotations$/.test(field)) return undefined;
  const fields = new Map<string, JsonValue>();
  for (const one of value) {
    const type = typeof one === "object" && one !== null && !Array.isArray(one) ? String(one["@type"]) : "";
    const name = type.slice(type.lastIndexOf(".") + 1);
    let free = name;
    for (let i = 2; fields.has(free); i++) free = `${name}#${i}`;
    fields.set(free, one);
  }
  return fields;
}
