import type { Field } from "../../../gen/c1/config/v1/config_pb.ts";
import type {
  BoolRules,
  Int64Rules,
  RepeatedResourceIdRules,
  RepeatedStringRules,
} from "../../../gen/c1/config/v1/rules_pb.ts";
import type { BatonActionSchema } from "../../../gen/c1/connector/v2/action_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Json, JsonObject } from "../../connector.ts";
import { brokenTextRule } from "./text-rules.ts";

/**
 * Checks the arguments of an action against its schema: what is required, types, and the rules of each field. `null`
 * counts as absent. What stands for a resource, and objects where a text is declared, are left to the action, as is what
 * the schema does not name. Throws a {@link Failure} of kind `invalidArgument` that names the first argument at fault.
 */
export function checkArguments(schema: BatonActionSchema, args: JsonObject): void {
  for (const field of schema.arguments) {
    const value = args[field.name] ?? null;
    const wrong = value === null ? (field.isRequired ? "is missing" : undefined) : wrongIn(field, value);
    if (wrong === undefined) continue;
    throw new Failure({
      kind: "invalidArgument",
      message: `the argument ${field.name} of ${schema.name} ${wrong}`,
      field: field.name,
    });
  }
}

/** What is wrong with a value, as `is longer than 255 characters`. */
function wrongIn({ field, isRequired }: Field, value: Json): string | undefined {
  switch (field.case) {
    case "stringField":
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return undefined;
      if (typeof value !== "string") return "must be a text";
      if (isRequired && value === "") return "is empty";
      return brokenTextRule(value, field.value.rules);
    case "boolField":
      return typeof value === "boolean" ? brokenBoolRule(value, field.value.rules) : "must be true or false";
    case "intField":
      return Number.isSafeInteger(value) ? brokenIntRule(value as number, field.value.rules) : "must be a whole number";
    case "stringSliceField":
      if (!Array.isArray(value)) return "must be a list of texts";
      return brokenItem(value, field.value.rules) ?? brokenSize(value, field.value.rules, isRequired);
    case "stringMapField":
      if (typeof value !== "object" || Array.isArray(value)) return "must be an object";
      return isRequired && Object.keys(value as JsonObject).length === 0 ? "is empty" : undefined;
    case "resourceIdSliceField":
      return Array.isArray(value) ? brokenSize(value, field.value.rules, isRequired) : "must be a list of resource ids";
    case "resourceSliceField":
    case "entitlementSliceField":
    case "grantSliceField":
      return Array.isArray(value) ? brokenSize(value, undefined, isRequired) : "must be a list";
    default:
      return value === "" && isRequired ? "is empty" : undefined;
  }
}

function brokenItem(items: readonly Json[], rules: RepeatedStringRules | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const wrong = typeof item === "string" ? brokenTextRule(item, rules?.itemRules) : "must be a text";
    if (wrong !== undefined) return `has an item (${i + 1}) that ${wrong}`;
  }
  return undefined;
}

function brokenSize(
  items: readonly Json[],
  rules: RepeatedStringRules | RepeatedResourceIdRules | undefined,
  isRequired: boolean,
): string | undefined {
  if (items.length === 0) {
    if (isRequired || rules?.isRequired) return "is empty";
    if (!rules?.validateEmpty) return undefined;
  }
  if (rules?.minItems !== undefined && items.length < rules.minItems) return `has fewer than ${rules.minItems} items`;
  if (rules?.maxItems !== undefined && items.length > rules.maxItems) return `has more than ${rules.maxItems} items`;
  const texts = items.map((item) => JSON.stringify(item));
  return rules?.unique && new Set(texts).size < texts.length ? "names something twice" : undefined;
}

function brokenBoolRule(value: boolean, rules: BoolRules | undefined): string | undefined {
  return rules?.eq !== undefined && value !== rules.eq ? `must be ${rules.eq}` : undefined;
}

function brokenIntRule(number: number, rules: Int64Rules | undefined): string | undefined {
  if (rules === undefined) return undefined;
  if (number === 0 && !rules.validateEmpty) return rules.isRequired ? "is missing" : undefined;
  const value = BigInt(number);
  if (rules.eq !== undefined && value !== rules.eq) return `must be ${rules.eq}`;
  if (rules.lt !== undefined && value >= rules.lt) return `must be less than ${rules.lt}`;
  if (rules.lte !== undefined && value > rules.lte) return `must be at most ${rules.lte}`;
  if (rules.gt !== undefined && value <= rules.gt) return `must be more than ${rules.gt}`;
  if (rules.gte !== undefined && value < rules.gte) return `must be at least ${rules.gte}`;
  if (rules.in.length > 0 && !rules.in.includes(value)) return `must be one of ${rules.in.join(", ")}`;
  return rules.notIn.includes(value) ? `must not be ${value}` : undefined;
}
