import type { JsonObject } from "../json.ts";

/** What a schema says of an attribute. Source: RFC 7643, section 7. */
export interface Attribute {
  readonly name: string;
  readonly type: "string" | "boolean" | "complex" | "reference" | "dateTime" | "binary";
  readonly description: string;
  readonly multiValued?: true;
  readonly required?: true;
  readonly caseExact?: true;
  readonly mutability?: "readOnly" | "immutable";
  readonly unique?: true;
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

/** A schema and the resource's attributes in it. */
export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** What is known of a kind of resource. */
export interface ResourceKind {
  readonly name: "User" | "Group";
  /** As in the path: `/Users`. */
  readonly endpoint: "Users" | "Groups";
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
}

/** An attribute of one value. */
export function single(name: string, description: string, more: Partial<Attribute> = {}): Attribute {
  return { name, type: "string", description, ...more };
}

/** A multi-valued attribute with the sub-attributes that all of these have. */
export function several(name: string, description: string, value: Partial<Attribute> = {}): Attribute {
  return {
    name,
    type: "complex",
    description,
    multiValued: true,
    subAttributes: [
      single("value", "The value itself", value),
      single("display", "How it is shown"),
      single("type", "What it is for"),
      single("primary", "Whether it is the first of them", { type: "boolean" }),
    ],
  };
}

/** An attribute's definition as `/Schemas` shows it. */
export function attributeJson(attribute: Attribute): JsonObject {
  const { name, type, description, multiValued, required, caseExact, mutability, unique } = attribute;
  const { referenceTypes, subAttributes } = attribute;
  return {
    name,
    type,
    multiValued: multiValued ?? false,
    description,
    required: required ?? false,
    ...(type !== "complex" && type !== "boolean" && { caseExact: caseExact ?? false }),
    mutability: mutability ?? "readWrite",
    returned: "default",
    ...(type !== "complex" && type !== "boolean" && { uniqueness: unique ? "server" : "none" }),
    ...(referenceTypes && { referenceTypes: [...referenceTypes] }),
    ...(subAttributes && { subAttributes: subAttributes.map(attributeJson) }),
  };
}
