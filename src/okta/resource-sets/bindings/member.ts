import { text } from "../../../baton/model/values.ts";
import type { OktaLinked } from "../../api/json/objects.ts";
import { principalOf } from "../../api/paths.ts";

/** The user or group that a member of a binding is, by its own link. */
export function selfOf(member: OktaLinked) {
  return principalOf(member?._links?.self?.href);
}

/** Whether a member is an OAuth app, which is neither a user nor a group. */
export function isClient(member: OktaLinked): boolean {
  return clientIn(member) !== undefined;
}

/** The client id of a member that is an OAuth app. */
export function clientIn(member: OktaLinked): string | undefined {
  return /\/clients\/([^/?#]+)$/.exec(text(member?._links?.self?.href))?.[1];
}
