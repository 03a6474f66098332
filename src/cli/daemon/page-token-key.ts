import { createHash } from "node:crypto";
import type { Json } from "../../baton/connector.ts";

/**
 * The key of page tokens: what all processes that serve the same lists share, so that tokens of one are good for the
 * others, and for those that come after them with another version of the program or other credentials. It changes with
 * the org and with the flags that decide what is listed. It is no secret, and need not be one: whatever a cursor says,
 * it is only ever followed within the list that is asked for.
 */
export function pageTokenKey(binding: { readonly [name: string]: Json }): Uint8Array {
  const { version: _, ...lists } = binding;
  return createHash("sha256").update(JSON.stringify(lists)).digest();
}
