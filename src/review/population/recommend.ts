import { isAsBad } from "./findings.ts";
import type { AccountKind, EarlierDecision, Item, ItemFinding } from "./item.ts";
import type { Person } from "./people.ts";

/** Privileged access that was not used for so long is better taken away: Okta HealthInsight. */
const UNUSED_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What a recommendation is made from. */
export interface RecommendationInput {
  readonly person: Person | undefined;
  readonly kind: AccountKind;
  readonly isPrivileged: boolean;
  readonly findings: readonly ItemFinding[];
  /** The worst that was found of the holder, and is about other access. */
  readonly elsewhere: ItemFinding | undefined;
  readonly lastSignIn: string;
  readonly takenAt: number;
  readonly earlier: EarlierDecision | undefined;
}

/** What a reviewer is recommended to do, and why; `NONE` where too little is known for that. */
export function recommend(input: RecommendationInput): Item["recommendation"] {
  const { person, kind, isPrivileged, findings, elsewhere, lastSignIn, takenAt, earlier } = input;
  if (earlier?.decision === "REVOKE") {
    return revoke(`${earlier.by} decided on ${earlier.at.slice(0, 10)} that it goes, and it is still there`);
  }
  if (person !== undefined && !person.isActive) return revoke(`the account is ${person.status || "not active"}`);
  const [worst] = findings;
  if (worst !== undefined && isAsBad(worst.severity, "high")) return revoke(`${worst.severity} finding: ${worst.what}`);
  if (kind !== "human") return { decision: "NONE", why: "no person: whether it is used is not known" };
  if (lastSignIn === "") return { decision: "NONE", why: "no sign-in is known" };
  const days = Math.floor((takenAt - Date.parse(lastSignIn)) / DAY_MS);
  if (days >= UNUSED_DAYS) {
    return isPrivileged
      ? revoke(`privileged, and no sign-in for ${days} days`)
      : { decision: "NONE", why: `no sign-in for ${days} days` };
  }
  if (worst !== undefined) return { decision: "NONE", why: `${worst.severity} finding: ${worst.what}` };
  if (elsewhere !== undefined) {
    return { decision: "NONE", why: `${elsewhere.severity} finding of other access: ${elsewhere.what}` };
  }
  return { decision: "APPROVE", why: `signed in ${days} ${days === 1 ? "day" : "days"} before, and nothing was found` };
}

function revoke(why: string): Item["recommendation"] {
  return { decision: "REVOKE", why };
}
