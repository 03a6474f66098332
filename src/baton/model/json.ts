import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { lenientRegistry } from "./registry.ts";

/**
 * A message as proto3 JSON in a form that can be compared: the proto's own field names, keys sorted, lists of
 * annotations sorted by their JSON text, as their order means nothing.
 */
export function comparableJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonObject {
  const json = toJson(schema, message, { registry: lenientRegistry, useProtoFieldName: true });
  return sorted(json) as JsonObject;
}

/** A message as proto3 JSON with lowerCamelCase names, as platforms and the Baton command line print it. */
export function protoJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonValue {
  return toJson(schema, message, { registry: lenientRegistry });
}

function sorted(value: JsonValue, key?: string): JsonValue {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item));
    return key === "annotations" ? items.sort(byText) : items;
  }
  if (value === null || typeof value !== "object") return value;
  const result: JsonObject = {};
  for (const name of Object.keys(value).sort()) result[name] = sorted(value[name]!, name);
  return result;
}

function byText(a: JsonValue, b: JsonValue): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
