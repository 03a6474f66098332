import type { Json, JsonObject } from "../../baton/connector.ts";
import type { Field } from "../../gen/c1/config/v1/config_pb.ts";
import { ActionType, type BatonActionSchema } from "../../gen/c1/connector/v2/action_pb.ts";
import { booleanOf } from "../../runtime/config/config.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import { offlineConnector } from "../offline.ts";
import { table } from "../terminal/layout.ts";

/** The schemas of all actions, or of those of a resource type. Nothing is sent for that. */
export function actionSchemas(resourceType: string | undefined): BatonActionSchema[] {
  const schemas = (offlineConnector().actions ?? []).map(({ schema }) => schema);
  return resourceType === undefined ? schemas : schemas.filter(({ resourceTypeId }) => resourceTypeId === resourceType);
}

/** The schema of an action. Throws a `Failure` of kind `notFound`, naming a similar one. */
export async function actionNamed(name: string): Promise<BatonActionSchema> {
  const schemas = actionSchemas(undefined);
  const schema = schemas.find((candidate) => candidate.name === name);
  if (schema !== undefined) return schema;
  const names = schemas.map((candidate) => candidate.name);
  const suggestion = didYouMean(name, names);
  throw new Failure({
    kind: "notFound",
    message: `there is no action ${JSON.stringify(name)}`,
    advice: suggestion === undefined ? `there are ${names.join(", ")}` : `did you mean ${suggestion}?`,
  });
}

/** The resource types that an action changes, as far as its schema says; where it does not, one that means all. */
export function typesOf({ resourceTypeId, arguments: fields }: BatonActionSchema): string[] {
  if (resourceTypeId !== "") return [resourceTypeId];
  const named = fields.filter(({ isRequired }) => isRequired).flatMap(({ name }) => /^(\w+)_id$/.exec(name)?.[1] ?? []);
  return named.length === 0 ? [""] : named;
}

/** Whether an action takes something away. */
export function isDestructive({ actionType }: BatonActionSchema): boolean {
  return actionType.some((type) => TAKING.includes(type));
}

const TAKING: readonly ActionType[] = [
  ActionType.RESOURCE_DELETE,
  ActionType.RESOURCE_DISABLE,
  ActionType.ACCOUNT_DISABLE,
];

/**
 * The arguments of an action from `NAME=VALUE` texts, on top of `base`: each value in the type that the schema declares.
 * Throws a `Failure` of kind `usage` for one that the schema does not have, or that is no such value.
 */
export function argumentsOf(schema: BatonActionSchema, texts: readonly string[], base: JsonObject): JsonObject {
  const args: Record<string, Json> = { ...base };
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw new Failure({ kind: "usage", message: `--arg takes NAME=VALUE, not ${JSON.stringify(text)}` });
    const name = text.slice(0, at);
    const field = fieldOf(schema, name);
    if (Object.hasOwn(args, name)) throw new Failure({ kind: "usage", message: `the argument ${name} is given twice` });
    args[name] = readValue(field, text.slice(at + 1));
  }
  for (const name of Object.keys(base)) fieldOf(schema, name);
  return args;
}

function fieldOf(schema: BatonActionSchema, name: string): Field {
  const field = schema.arguments.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  const names = schema.arguments.map((candidate) => candidate.name);
  const suggestion = didYouMean(name, names);
  throw new Failure({
    kind: "usage",
    message: `${schema.name} takes no argument ${JSON.stringify(name)}`,
    advice: suggestion === undefined ? `it takes ${names.join(", ")}` : `did you mean ${suggestion}?`,
  });
}

function readValue({ name, field }: Field, text: string): Json {
  const wrong = (wanted: string) => new Failure({ kind: "usage", message: `the argument ${name} takes ${wanted}` });
  switch (field.case) {
    case "boolField": {
      const value = booleanOf(text);
      if (value === undefined) throw wrong("true or false");
      return value;
    }
    case "intField":
      if (!/^-?\d+$/.test(text)) throw wrong("a whole number");
      return Number(text);
    case "stringField":
    case "resourceIdField":
    case undefined:
      return text;
    case "stringMapField": {
      const value = json(text);
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("a JSON object");
      return value as JsonObject;
    }
    default: {
      if (!text.trimStart().startsWith("[")) {
        return text
          .split(",")
          .map((item) => item.trim())
          .filter((item) => item !== "");
      }
      const value = json(text);
      if (!Array.isArray(value)) throw wrong("a JSON list, or values with commas between them");
      return value;
    }
  }
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Actions as a table for people. */
export function actionTable(schemas: readonly BatonActionSchema[]): string {
  if (schemas.length === 0) return "There are no such actions.\n";
  return table(
    ["action", "belongs to", "arguments (* required)"],
    schemas.map(({ name, resourceTypeId, arguments: fields }) => [
      name,
      resourceTypeId || "(global)",
      fields.map((field) => `${field.name}${field.isRequired ? "*" : ""}`).join(", "),
    ]),
  );
}
