import { readFileSync } from "node:fs";

/** An attribute: its type (`[]`: a list, `!`: required), then the numbers that it may have. */
type Attribute = string | [string, ...(number | string)[]];

interface Shape {
  readonly constraints: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] } | null;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Facts of the published schema: a class with what it extends, and the objects that this program uses of it. */
interface Schema {
  readonly version: string;
  /** Where in the published schema the facts stand. */
  readonly source: string;
  readonly uid: number;
  readonly class: Shape;
  readonly objects: Record<string, Shape>;
}

function schemaIn(file: string): Schema {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as Schema;
}

/** Class 2008 (IAM Analysis Finding). */
export const IAM_ANALYSIS_FINDING = schemaIn("./ocsf-iam-analysis-finding.json");

/** Class 5003 (User Inventory Info). */
export const USER_INVENTORY = schemaIn("./ocsf-user-inventory.json");

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  integer_t: Number.isInteger,
  long_t: Number.isInteger,
  timestamp_t: (value) => Number.isInteger(value) && (value as number) > 1e12,
  boolean_t: (value) => typeof value === "boolean",
};

/** In what an event does not hold against a class of the schema; empty: it does. */
export function ocsfProblems(event: Record<string, unknown>, schema: Schema = IAM_ANALYSIS_FINDING): string[] {
  const problems = problemsOf(schema, "event", event, schema.class);
  const { uid } = schema;
  const expected = {
    class_uid: uid,
    category_uid: Math.floor(uid / 1000),
    type_uid: uid * 100 + Number(event.activity_id),
  };
  for (const [name, value] of Object.entries(expected)) {
    if (event[name] !== value) problems.push(`${name} is ${event[name]}, not ${value}`);
  }
  const { version } = event.metadata as { version?: unknown };
  return version === schema.version ? problems : [...problems, `the version is ${version}`];
}

function problemsOf(
  schema: Schema,
  at: string,
  object: Record<string, unknown>,
  { attributes, constraints }: Shape,
): string[] {
  const problems: string[] = [];
  for (const [name, attribute] of Object.entries(attributes)) {
    if (typeOf(attribute).endsWith("!") && object[name] === undefined) problems.push(`${at} has no ${name}`);
  }
  const some = constraints?.at_least_one;
  if (some !== undefined && !some.some((name) => object[name] !== undefined))
    problems.push(`${at} has none of ${some}`);
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributes[name];
    if (attribute === undefined) problems.push(`${at}.${name} is not in the schema`);
    else problems.push(...valueProblems(schema, `${at}.${name}`, value, attribute));
  }
  return problems;
}

function valueProblems(schema: Schema, at: string, value: unknown, attribute: Attribute): string[] {
  const type = typeOf(attribute).replace("!", "");
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one, i) => valueProblems(schema, `${at}[${i}]`, one, type.slice(0, -2)));
  }
  const numbers = Array.isArray(attribute) ? attribute.slice(1) : [];
  // The class's own category stands where the base event has none.
  if (numbers.length > 1 && !numbers.includes(value as number)) return [`${at} may not be ${value}`];
  if (!type.endsWith("_t")) {
    const shape = schema.objects[type];
    if (type === "object" || shape === undefined) return typeof value === "object" ? [] : [`${at} is no object`];
    return problemsOf(schema, at, value as Record<string, unknown>, shape);
  }
  const isRight = PRIMITIVES[type] ?? ((one: unknown) => typeof one === "string");
  return isRight(value) ? [] : [`${at} is no ${type}: ${value}`];
}

function typeOf(attribute: Attribute): string {
  return Array.isArray(attribute) ? attribute[0] : attribute;
}
