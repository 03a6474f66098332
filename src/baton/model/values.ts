import { create, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";

/**
 * A field as text; `""` where it is none. Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes U+FFFD.
 */
export function text(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : "";
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/** A time as RFC 3339 writes it, to the nanosecond; `undefined` where it is none, or not of the years 1 to 9999. */
export function timestamp(value: unknown): Timestamp | undefined {
  if (typeof value !== "string") return undefined;
  const parts = RFC3339.exec(value);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone] = parts;
  const date = `${year}-${month}-${day}`;
  // Date.parse takes 30 February for 2 March.
  const dayAt = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(dayAt) || new Date(dayAt).toISOString().slice(0, 10) !== date) return undefined;
  const at = Date.parse(`${date}T${hour}:${minute}:${second}${zone?.toUpperCase()}`);
  const seconds = at / 1000;
  if (Number.isNaN(at) || seconds < -62_135_596_800 || seconds > 253_402_300_799) return undefined;
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: Number(fraction.slice(0, 9).padEnd(9, "0")) });
}

/** Whether a field is a JSON object. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * How deep objects and lists may lie in a JSON object, itself counted, for every reader of a message that holds it.
 * Protobuf's readers in C++ and Java refuse more than 100 messages within each other
 * (https://protobuf.dev/programming-guides/proto-limits/), and each object of JSON is three: a Struct, an entry of its
 * map and a Value. The rest is for the messages around it.
 */
export const MAX_JSON_DEPTH = 30;

/** Stands in the place of an object or a list that lies too deep. */
const TOO_DEEP = `(nested deeper than ${MAX_JSON_DEPTH} levels: left out)`;

/** Whether {@link jsonObject} leaves something out of a value. */
export function isTooDeep(value: unknown, depth = 1): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth > MAX_JSON_DEPTH || Object.values(value).some((part) => isTooDeep(part, depth + 1));
}

/**
 * A JSON object as a message may hold it: well-formed texts, finite numbers, nothing left out but what lies deeper than
 * {@link MAX_JSON_DEPTH}, in whose place a text says so.
 */
export function jsonObject(value: unknown, depth = 1): JsonObject {
  const out: JsonObject = {};
  if (!isObject(value)) return out;
  for (const key of Object.keys(value)) {
    const name = key.toWellFormed();
    const one = jsonValue(value[key], depth + 1);
    if (name === "__proto__") {
      Object.defineProperty(out, name, { value: one, enumerable: true, configurable: true, writable: true });
    } else {
      out[name] = one;
    }
  }
  return out;
}

function jsonValue(value: unknown, depth: number): JsonValue {
  switch (typeof value) {
    case "string":
      return value.toWellFormed();
    case "boolean":
      return value;
    case "number":
      // 1e400 is JSON, but no number that a message could hold.
      return Number.isFinite(value) ? value : String(value);
    case "object":
      if (value === null) return null;
      if (depth > MAX_JSON_DEPTH) return TOO_DEEP;
      return Array.isArray(value) ? value.map((part) => jsonValue(part, depth + 1)) : jsonObject(value, depth);
    default:
      return null;
  }
}
