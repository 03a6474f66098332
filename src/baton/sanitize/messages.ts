import { type DescField, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { type Any, AnySchema, anyPack, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { type Entitlement, EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { type Resource, ResourceIdSchema, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { ORIGIN_FIELD } from "../model/origin.ts";
import { registry } from "../model/registry.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** Fields whose texts are words of the contract or of a connector, and name nobody. */
const KEPT_FIELDS = new Set(["c1.connector.v2.ResourceId.resource_type", "google.protobuf.Any.type_url"]);

/** Fields in which words of the other side's language stay, as the state `ACTIVE`. */
const STATED_FIELDS = new Set(["c1.connector.v2.Status.details", "c1.connector.v2.UserTrait.Status.details"]);

/** Fields that hold ids, besides those whose name ends so. */
const ID_NAME = /(?:^|_)ids?$/;

/** Messages whose fields every reader needs as they are: what a type of resources is, says its connector. */
const KEPT_MESSAGES = new Set(["c1.connector.v2.ResourceType"]);

/** Puts other texts in place of all that a stored message holds, and drops what is not known of it. */
export function sanitizeBytes(schema: DescMessage, data: Uint8Array, names: Pseudonyms): Uint8Array {
  const message = fromBinary(schema, data);
  sanitize(schema, message, names);
  return toBinary(schema, message);
}

function sanitize(schema: DescMessage, message: Message, names: Pseudonyms): void {
  if (KEPT_MESSAGES.has(schema.typeName)) {
    delete message.$unknown;
    return;
  }
  if (schema.typeName === TimestampSchema.typeName) return;
  if (schema.typeName === EntitlementSchema.typeName) titleEntitlement(message as Entitlement, names);
  // What another writer adds to a message may be anything; of a grant this program knows one such field.
  const unknown =
    schema.typeName === GrantSchema.typeName ? message.$unknown?.filter(({ no }) => no === ORIGIN_FIELD) : [];
  if (unknown?.length) message.$unknown = unknown;
  else delete message.$unknown;
  const isTitled =
    schema.typeName === EntitlementSchema.typeName ||
    (schema.typeName === ResourceSchema.typeName && isStandard(message as Resource, names));
  const view = reflect(schema, message);
  for (const field of schema.fields) {
    if (!view.isSet(field)) continue;
    if (isTitled && (field.name === "display_name" || field.name === "description")) continue;
    sanitizeField(view, field, names);
  }
}

function sanitizeField(view: ReflectMessage, field: DescField, names: Pseudonyms): void {
  const other = (text: string) => textOf(field, text, names);
  switch (field.fieldKind) {
    case "scalar": {
      const value: unknown = view.get(field);
      if (typeof value === "string") view.set(field, other(value));
      else if (value instanceof Uint8Array) view.clear(field);
      return;
    }
    case "message":
      sanitizeOne(view, field, names);
      return;
    case "list": {
      const list = view.get(field);
      if (field.listKind === "message") {
        if (field.message.typeName === AnySchema.typeName) sanitizeAnnotations(view, field, names);
        else for (const one of list) sanitizeReflected(one as ReflectMessage, names);
      } else if (field.listKind === "scalar") {
        for (let i = 0; i < list.size; i++) {
          const value = list.get(i);
          if (typeof value === "string") list.set(i, other(value));
        }
        if (list.size > 0 && list.get(0) instanceof Uint8Array) view.clear(field);
      }
      return;
    }
    case "map": {
      const map = view.get(field);
      const entries = [...map];
      map.clear();
      for (const [key, value] of entries) {
        if (field.mapKind === "message") sanitizeReflected(value as ReflectMessage, names);
        const mapped = field.mapKind === "scalar" && typeof value === "string" ? names.name(value) : value;
        // The keys of the contract's maps are ids of entitlements.
        map.set(typeof key === "string" ? names.id(key) : key, mapped as never);
      }
      return;
    }
  }
}

function textOf(field: DescField, text: string, names: Pseudonyms): string {
  const parent = field.parent.typeName;
  if (KEPT_FIELDS.has(`${parent}.${field.name}`)) return text;
  if (parent === ResourceIdSchema.typeName || ID_NAME.test(field.name) || field.name === "slug") return names.id(text);
  return STATED_FIELDS.has(`${parent}.${field.name}`) ? names.text(text) : names.name(text);
}

function sanitizeReflected(one: ReflectMessage, names: Pseudonyms): void {
  sanitize(one.desc, one.message, names);
}

function sanitizeOne(view: ReflectMessage, field: DescField & { fieldKind: "message" }, names: Pseudonyms): void {
  const local = view.message as unknown as Record<string, unknown>;
  if (field.message.typeName === "google.protobuf.Struct") {
    const value = memberOf(local, field);
    setMember(local, field, structOf(value, names));
  } else if (field.message.typeName === AnySchema.typeName) {
    const any = annotationOf(memberOf(local, field) as Any, names);
    if (any === undefined) view.clear(field);
    else setMember(local, field, any);
  } else sanitizeReflected(view.get(field) as ReflectMessage, names);
}

/** A member of a message as generated code holds it: a `Struct` is a plain object there. */
function memberOf(message: Record<string, unknown>, field: DescField): unknown {
  const { oneof } = field;
  return oneof === undefined ? message[field.localName] : (message[oneof.localName] as { value: unknown }).value;
}

function setMember(message: Record<string, unknown>, field: DescField, value: unknown): void {
  const { oneof } = field;
  if (oneof === undefined) message[field.localName] = value;
  else message[oneof.localName] = { case: field.localName, value };
}

function sanitizeAnnotations(view: ReflectMessage, field: DescField, names: Pseudonyms): void {
  const message = view.message as unknown as Record<string, Any[]>;
  message[field.localName] = message[field.localName]!.flatMap((any) => annotationOf(any, names) ?? []);
}

/** An annotation of a type that this program knows; what another holds cannot be said. */
function annotationOf(any: Any, names: Pseudonyms): Any | undefined {
  const schema = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
  if (schema === undefined) return undefined;
  try {
    const message = fromBinary(schema, any.value);
    sanitize(schema, message, names);
    return anyPack(schema, message);
  } catch {
    return undefined;
  }
}

function structOf(value: unknown, names: Pseudonyms, name = ""): unknown {
  if (typeof value === "string") return names.under(name, value);
  if (typeof value === "number") return names.keepsNumber(name) ? value : names.number(value);
  if (Array.isArray(value)) return value.map((one) => structOf(one, names, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [names.key(key), structOf(one, names, key)]));
}

/** The title of an entitlement says what its resource is called: it is made anew of what that is called now. */
function titleEntitlement(entitlement: Entitlement, names: Pseudonyms): void {
  const { resource, slug } = entitlement;
  if (resource !== undefined && isStandard(resource, names)) return;
  const name = resource === undefined ? "" : names.name(resource.displayName);
  entitlement.displayName = `${name} ${names.id(slug)}`.trim();
  entitlement.description = "";
}

/** Whether a resource is called the same in every org. */
function isStandard({ id }: Resource, names: Pseudonyms): boolean {
  return id !== undefined && names.keepsTitle({ type: id.resourceType, id: id.resource });
}
