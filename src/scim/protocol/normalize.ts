import { invalidValue } from "./error.ts";
import { attributeOf, isObject, type Json, type JsonObject } from "./json.ts";
import type { Attribute, ResourceKind, Schema } from "./schemas/attribute.ts";
import { isUrn } from "./urns.ts";

/** What every resource has besides its schema's attributes. Source: RFC 7643, section 3.1. */
const EXTERNAL_ID: Attribute = { name: "externalId", type: "string", description: "", caseExact: true };

/** What the receiver itself says of a resource: whatever a client says of it is passed over. */
const OURS = new Set(["id", "meta", "schemas"]);

/**
 * A resource as it is kept, made from what a client sent: names spelled as the schema does, values of the schema's
 * types in whatever form they came (`"False"`, one value where several may be), nothing that is empty, nothing that only
 * the receiver may say. What no schema knows is kept as it is. Throws a `ScimError` with `invalidValue`.
 */
export function normalized(kind: ResourceKind, body: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(body)) {
    const attribute = attributeIn(kind.schema, key);
    if (OURS.has(key.toLowerCase()) || attribute?.mutability === "readOnly" || isEmpty(value)) continue;
    if (attribute !== undefined) put(out, attribute.name, typedValue(attribute, value));
    else if (isUrn(key)) put(out, extensionName(kind, key), extensionValue(kind, key, value));
    else out[key] = value;
  }
  return out;
}

/** A schema's attribute by its name in any case. */
export function attributeIn(schema: Pick<Schema, "attributes">, name: string): Attribute | undefined {
  const lower = name.toLowerCase();
  if (lower === "externalid") return EXTERNAL_ID;
  return schema.attributes.find((attribute) => attribute.name.toLowerCase() === lower);
}

/** An extension by its URN in any case. */
export function extensionIn(kind: ResourceKind, urn: string): Schema | undefined {
  return kind.extensions.find(({ id }) => id.toLowerCase() === urn.toLowerCase());
}

/** A value in its attribute's type. Throws a `ScimError` with `invalidValue`. */
export function typedValue(attribute: Attribute, value: Json): Json {
  if (!attribute.multiValued) return oneValue(attribute, value);
  const values = (Array.isArray(value) ? value : [value]).filter((one) => !isEmpty(one));
  return onePrimary(values.map((one) => oneValue(attribute, one)));
}

/** Whether a value says that there is none. Source: RFC 7643, section 2.5. */
export function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** The values with the first one only that says that it is the primary one. Source: RFC 7643, section 2.4. */
export function onePrimary(values: Json[]): Json[] {
  const first = values.findIndex((value) => isObject(value) && value.primary === true);
  return values.map((value, at) =>
    at > first && first >= 0 && isObject(value) && value.primary === true ? { ...value, primary: false } : value,
  );
}

function oneValue(attribute: Attribute, value: Json): Json {
  const { name, type, subAttributes = [] } = attribute;
  if (type === "complex") {
    if (isObject(value)) return complexValue(attribute, value);
    // As some clients send a manager: the id alone.
    const inner = subAttributes.find((sub) => sub.name === "value");
    if (inner !== undefined && !Array.isArray(value)) return { value: oneValue(inner, value) };
    throw invalidValue(`${name} takes an object`);
  }
  if (Array.isArray(value) && value.length === 1) return oneValue(attribute, value[0]!);
  if (isObject(value) && "value" in value) return oneValue(attribute, value.value!);
  if (type === "boolean") {
    const flag = typeof value === "string" ? value.trim().toLowerCase() : value;
    if (flag === true || flag === "true") return true;
    if (flag === false || flag === "false") return false;
    throw invalidValue(`${name} takes true or false`);
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value;
  throw invalidValue(`${name} takes a text`);
}

function complexValue({ subAttributes = [] }: Attribute, value: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, one] of Object.entries(value)) {
    if (isEmpty(one) || key === "schemas") continue;
    const sub = attributeIn({ attributes: subAttributes }, key);
    put(out, sub?.name ?? key, sub === undefined ? one : typedValue(sub, one));
  }
  return out;
}

function extensionName(kind: ResourceKind, urn: string): string {
  return extensionIn(kind, urn)?.id ?? urn;
}

function extensionValue(kind: ResourceKind, urn: string, value: Json): Json {
  const schema = extensionIn(kind, urn);
  if (schema === undefined) return value;
  if (!isObject(value)) throw invalidValue(`${urn} takes an object`);
  return complexValue({ name: urn, type: "complex", description: "", subAttributes: schema.attributes }, value);
}

/** Sets an attribute that may have come twice, in two spellings: the later one counts. */
function put(object: JsonObject, name: string, value: Json): void {
  if (isEmpty(value) || (isObject(value) && Object.keys(value).length === 0)) return;
  object[name] = value;
}

/** The text of an attribute; `""` where it has none. */
export function textOf(object: JsonObject, name: string): string {
  const value = attributeOf(object, name);
  return typeof value === "string" ? value : "";
}
