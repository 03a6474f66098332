import type { OktaLinked } from "../../api/json/objects.ts";
import { text } from "../../api/json/values.ts";
import { principalOf } from "../../api/paths.ts";

/** The user or group that a member of a binding is, by its own link. */
export function selfOf(member: OktaLinked) {
  return principalOf(member?._links?.self?.href);
}

/** Whether a member is an OAuth app, which is neither a user nor a group. */
export function isClient(member: OktaLinked): boolean {
  return /\/clients\/[^/?#]+$/.test(text(member?._links?.self?.href));
}
