import { isObject, text } from "../../baton/model/values.ts";
import type { Probe } from "../plan/probe.ts";
import { ageInDays } from "./credential-age.ts";
import type { KeyReport } from "./report.ts";

/**
 * The key with which an OAuth app signs in, among those that Okta knows of the app: the one with this `kid`. `now` is by
 * Okta's clock. Source: Okta Management API, OAuth 2.0 client JSON Web Keys of an app.
 */
export function keyInUse(keys: Probe<unknown>, kid: string, now: number): { key: KeyReport } | { unknown: string } {
  if (keys.outcome !== "read") return { unknown: "the app's keys are not readable with these credentials" };
  const found = keys.items.filter(isObject).find((key) => text(key.kid) === kid);
  if (found === undefined)
    return { unknown: "Okta lists no key with this id, as where the app names an address of keys" };
  const created = text(found.created);
  const ageDays = ageInDays(created, now);
  if (ageDays === undefined) return { unknown: "Okta does not say when the key was made" };
  return { key: { id: kid, created, ageDays } };
}
