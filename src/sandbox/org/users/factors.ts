import { userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { JsonObject, UserEntry } from "../types.ts";

/** Enrolls a factor of a user, as `token:software:totp` by `GOOGLE`. */
export function enrollFactor(org: Org, user: UserEntry, factorType: string, provider: string): JsonObject {
  const now = org.now();
  const factor = { id: org.newId("ufs"), factorType, provider, vendorName: provider, status: "ACTIVE" };
  const added = { ...factor, created: now, lastUpdated: now };
  user.factors.push(added);
  org.log.record("user.mfa.factor.activate", [userParty(user)], { factor: factorType });
  return added;
}

/** Takes a factor from a user. */
export function removeFactor(org: Org, user: UserEntry, factor: JsonObject): void {
  user.factors.splice(user.factors.indexOf(factor), 1);
  org.log.record("user.mfa.factor.deactivate", [userParty(user)], { factor: factor.factorType });
}

/** Takes all factors from a user. */
export function resetFactors(org: Org, user: UserEntry): void {
  user.factors.length = 0;
  org.log.record("user.mfa.factor.reset_all", [userParty(user)]);
}
