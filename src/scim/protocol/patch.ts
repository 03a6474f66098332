import { invalidValue, ScimError } from "./error.ts";
import { matches } from "./filter/match.ts";
import type { Filter } from "./filter/parse.ts";
import { attributeOf, isObject, isPassword, type Json, type JsonObject, keyOf } from "./json.ts";
import { attributeIn, extensionIn, isEmpty, onePrimary, typedValue } from "./normalize.ts";
import { type PatchPath, parsePath } from "./path.ts";
import type { Attribute, ResourceKind } from "./schemas/attribute.ts";
import { isUrn } from "./urns.ts";

/** One step of a patch, on one attribute. */
export interface PatchStep {
  readonly op: "add" | "remove" | "replace";
  readonly path: PatchPath;
  readonly value: Json | undefined;
}

/** Steps that one request may hold. */
const MAX_OPERATIONS = 10_000;

const OPS = new Set(["add", "remove", "replace"]);

/** What only the receiver says: a client that sends it along means no change. */
const OURS = new Set(["id", "meta", "schemas"]);

/**
 * Reads a patch's body. Operations without a path become one step for each attribute of their value. Spellings that
 * clients are known for are taken: `Replace`, `operations`, a path as a key of the value (`name.givenName`). Throws a
 * {@link ScimError}.
 */
export function stepsOf(kind: ResourceKind, body: JsonObject): PatchStep[] {
  const operations = attributeOf(body, "Operations");
  if (!Array.isArray(operations)) throw new ScimError(400, "a patch has a list of Operations", "invalidSyntax");
  if (operations.length > MAX_OPERATIONS) throw new ScimError(400, `more than ${MAX_OPERATIONS} Operations`, "tooMany");
  return operations.flatMap((operation) => {
    if (!isObject(operation)) throw new ScimError(400, "an operation is an object", "invalidSyntax");
    const written = attributeOf(operation, "op");
    const op = typeof written === "string" ? written.trim().toLowerCase() : "";
    if (!OPS.has(op)) throw new ScimError(400, "op is add, remove or replace", "invalidSyntax");
    const path = attributeOf(operation, "path");
    const value = attributeOf(operation, "value");
    if (path !== undefined && path !== null && typeof path !== "string") {
      throw new ScimError(400, "a path is a text", "invalidPath");
    }
    if (path) return [stepAt(kind, op as PatchStep["op"], path, value)];
    if (op === "remove") throw new ScimError(400, "remove needs a path", "noTarget");
    if (!isObject(value)) throw invalidValue("without a path the value is an object");
    return Object.entries(value)
      .filter(([key]) => !OURS.has(key.toLowerCase()) && attributeIn(kind.schema, key)?.mutability !== "readOnly")
      .map(([key, one]) => stepAt(kind, op as PatchStep["op"], key, one));
  });
}

/** A resource after some steps; the one given stays as it is. Throws a {@link ScimError}. */
export function patched(kind: ResourceKind, resource: JsonObject, steps: readonly PatchStep[]): JsonObject {
  return steps.reduce((before, step) => applied(kind, before, step), resource);
}

function stepAt(kind: ResourceKind, op: PatchStep["op"], path: string, value: Json | undefined): PatchStep {
  const known = (urn: string) =>
    extensionIn(kind, urn) !== undefined || urn.toLowerCase() === kind.schema.id.toLowerCase();
  // Of an extension that nobody has declared only the value shows whether all of it is meant, or one attribute.
  const isSchema = (urn: string) =>
    known(urn) || (isUrn(urn) && isObject(value) && !known(urn.slice(0, urn.lastIndexOf(":"))));
  return { op, path: parsePath(path, isSchema), value };
}

function applied(kind: ResourceKind, resource: JsonObject, { op, path, value }: PatchStep): JsonObject {
  const { urn, attribute } = path;
  const isCore = urn === undefined || urn.toLowerCase() === kind.schema.id.toLowerCase();
  if (isCore) {
    if (attribute === undefined || OURS.has(attribute.toLowerCase()) || isPassword(attribute)) return resource;
    return changed(resource, attributeIn(kind.schema, attribute) ?? unknown(attribute), op, path, value);
  }
  const schema = extensionIn(kind, urn);
  const key = keyOf(resource, urn) ?? schema?.id ?? urn;
  const had = resource[key];
  let extension: JsonObject = isObject(had) ? had : {};
  if (attribute === undefined) {
    extension = op === "remove" || op === "replace" ? {} : extension;
    const given = op !== "remove" && isObject(value) ? Object.entries(value) : [];
    for (const [name, one] of given) {
      if (OURS.has(name.toLowerCase())) continue;
      const known = (schema && attributeIn(schema, name)) ?? unknown(name);
      extension = changed(extension, known, "add", { attribute: name }, one);
    }
  } else {
    extension = changed(extension, (schema && attributeIn(schema, attribute)) ?? unknown(attribute), op, path, value);
  }
  const { [key]: _, ...rest } = resource;
  return Object.keys(extension).length === 0 ? rest : { ...rest, [key]: extension };
}

/** An attribute that no schema knows: it is kept in the form in which it comes. */
function unknown(name: string): Attribute {
  return { name, type: "string", description: "" };
}

function changed(
  object: JsonObject,
  attribute: Attribute,
  op: PatchStep["op"],
  { filter, sub }: PatchPath,
  value: Json | undefined,
): JsonObject {
  if (attribute.mutability === "readOnly") {
    throw new ScimError(400, `${attribute.name} cannot be changed here`, "mutability");
  }
  const key = keyOf(object, attribute.name) ?? attribute.name;
  const had = object[key];
  const now = newValue(attribute, had, op, filter, sub, value);
  if (isEmpty(now) || (isObject(now) && Object.keys(now).length === 0)) {
    if (attribute.required) throw new ScimError(400, `${attribute.name} cannot be removed`, "mutability");
    const { [key]: _, ...rest } = object;
    return rest;
  }
  return { ...object, [key]: now! };
}

function newValue(
  attribute: Attribute,
  had: Json | undefined,
  op: PatchStep["op"],
  filter: Filter | undefined,
  sub: string | undefined,
  value: Json | undefined,
): Json | undefined {
  const { multiValued, type, subAttributes } = attribute;
  if (multiValued || (filter !== undefined && (Array.isArray(had) || had === undefined))) {
    return newValues(attribute, Array.isArray(had) ? had : [], op, filter, sub, value);
  }
  if (filter !== undefined) throw new ScimError(400, `${attribute.name} has one value`, "invalidPath");
  if (sub !== undefined) {
    const part = attributeIn({ attributes: subAttributes ?? [] }, sub) ?? unknown(sub);
    return changed(isObject(had) ? had : {}, part, op, {}, value);
  }
  if (op === "remove") return undefined;
  if (isEmpty(value)) return undefined;
  if (subAttributes === undefined && type === "string" && isKept(attribute)) return value;
  const given = typedValue(attribute, value!);
  // Of a complex value, what is not named stays. Source: RFC 7644, sections 3.5.2.1 and 3.5.2.3.
  return isObject(given) && isObject(had) ? { ...had, ...given } : given;
}

/** Whether an attribute is one that no schema knows. */
function isKept({ description, name }: Attribute): boolean {
  return description === "" && name !== "externalId";
}

function newValues(
  attribute: Attribute,
  had: readonly Json[],
  op: PatchStep["op"],
  filter: Filter | undefined,
  sub: string | undefined,
  value: Json | undefined,
): Json[] {
  const chosen = (one: Json) => filter === undefined || matches(filter, isObject(one) ? one : { value: one });
  const within = (one: Json, how: PatchStep["op"], name: string, what: Json | undefined) => {
    const part = attributeIn({ attributes: attribute.subAttributes ?? [] }, name) ?? unknown(name);
    return changed(isObject(one) ? one : { value: one }, part, how, {}, what);
  };
  if (op === "remove") {
    if (sub !== undefined) return had.map((one) => (chosen(one) ? within(one, op, sub, undefined) : one));
    // Some clients name what goes in the value in place of the path.
    const named = filter === undefined && !isEmpty(value) ? (typedValue(attribute, value!) as Json[]) : undefined;
    return had.filter((one) => !(named === undefined ? chosen(one) : named.some((other) => isSame(other, one))));
  }
  if (filter === undefined && sub === undefined) {
    const given = isEmpty(value) ? [] : (typedValue({ ...attribute, multiValued: true }, value!) as Json[]);
    if (op === "replace") return given;
    const fresh = given.filter((one) => !had.some((other) => JSON.stringify(other) === JSON.stringify(one)));
    return withPrimary(had, fresh);
  }
  const all = had.length === 0 || !had.some(chosen) ? [...had, ...madeFor(filter)] : had;
  return onePrimary(
    all.map((one) => {
      if (!chosen(one)) return one;
      if (sub !== undefined) return within(one, op, sub, value);
      const [given] = isEmpty(value) ? [] : (typedValue({ ...attribute, multiValued: true }, value!) as Json[]);
      return isObject(given) && isObject(one) ? { ...one, ...given } : (given ?? one);
    }),
  );
}

/** A value that fulfils a filter that finds none: some clients set `emails[type eq "work"].value` where there is none. */
function madeFor(filter: Filter | undefined): JsonObject[] {
  if (filter === undefined) return [{}];
  const parts = filter.op === "and" ? filter.parts : [filter];
  const made: JsonObject = {};
  for (const part of parts) {
    if (part.op !== "eq") throw new ScimError(400, "the path's filter finds nothing", "noTarget");
    made[part.path] = part.value;
  }
  return [made];
}

/** A primary value that is added takes the place of the one before. Source: RFC 7644, section 3.5.2. */
function withPrimary(had: readonly Json[], fresh: readonly Json[]): Json[] {
  const replaces = fresh.some((one) => isObject(one) && one.primary === true);
  const kept = replaces ? had.map((one) => (isObject(one) && one.primary ? { ...one, primary: false } : one)) : had;
  return onePrimary([...kept, ...fresh]);
}

function isSame(named: Json, one: Json): boolean {
  const value = (of: Json) => (isObject(of) ? (of.value ?? null) : of);
  return value(named) === value(one);
}
