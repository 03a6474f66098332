import { Failure } from "../../../runtime/failure.ts";
import type { JsonObject } from "../types.ts";

/** The members of an object at `key`, none where it is absent. */
export function entries(root: JsonObject, key: string): [string, unknown][] {
  return Object.entries(optionalObject(root[key], key));
}

/** A list, empty where it is absent. */
export function list(value: unknown, at: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(at, "must be a list");
  return value;
}

/** An object. */
export function object(value: unknown, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(at, "must be an object");
  return value as JsonObject;
}

/** An object, empty where it is absent. */
export function optionalObject(value: unknown, at: string): JsonObject {
  return value === undefined || value === null ? {} : object(value, at);
}

/** A text that is not empty. */
export function text(value: unknown, at: string): string {
  if (typeof value !== "string" || value === "") throw malformed(at, "must be a text that is not empty");
  return value;
}

/** Throws that a name stands for nothing in the org. */
export function missing(at: string, kind: string, id: string): never {
  throw malformed(at, `names a ${kind} that is not in the org: ${id}`);
}

/** Says where a file is malformed, and how. */
export function malformed(at: string, what: string): Failure {
  return new Failure({
    kind: "usage",
    message: `the org file is malformed: ${at} ${what}`,
    advice: "correct the file, or leave --org out for a made-up org",
  });
}
