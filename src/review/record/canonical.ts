import { createHash } from "node:crypto";
import type { Json } from "../../baton/connector.ts";

/**
 * A value as JSON in one form: keys sorted, no blanks, absent fields left out. Two values that mean the same have the same
 * text, and so the same hash. Source: RFC 8785, without its rules for numbers, as only whole ones are written.
 */
export function canonicalJson(value: Json | undefined): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => sorted(one) ?? null);
  if (value === null || typeof value !== "object") return value;
  const object = value as { readonly [key: string]: Json | undefined };
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key])]),
  );
}

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
