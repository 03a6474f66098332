import type { Severity } from "../../baton/model/finding.ts";
import { canonicalJson, sha256 } from "../record/canonical.ts";

/** What may be decided of an item. */
export const DECISIONS = ["APPROVE", "REVOKE"] as const;
export type Decision = (typeof DECISIONS)[number];

/** How far a review is with taking an item away. `MANUAL`: where Okta or the app decides elsewhere. */
export type RemediationStatus = "NONE" | "OPEN" | "ERROR" | "SUCCESS" | "MANUAL";

/** What a principal is: `human`, or something that acts by itself or for many. */
export type AccountKind = "human" | "service" | "group" | "other";

/** Why a reviewer is the one who decides. */
export type ReviewerSource = "file" | "manager" | "owner" | "fallback" | "none";

/** What was decided of the same access in an earlier review. */
export interface EarlierDecision {
  readonly review: string;
  /** The hash of that review's last record. */
  readonly sha256: string;
  readonly decision: Decision | "UNREVIEWED";
  readonly at: string;
  readonly by: string;
}

/** A finding as an item carries it. */
export interface ItemFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly what: string;
}

/** One access to be decided on: who holds what, with all that is needed to decide. Texts are empty where it is not known. */
export interface Item {
  /** The same for the same access in every review: see {@link itemId}. */
  readonly id: string;
  readonly principal: {
    readonly type: string;
    readonly id: string;
    readonly name: string;
    readonly login: string;
    readonly email: string;
    /** The other side's own word, as `ACTIVE`. */
    readonly status: string;
    readonly manager: string;
    readonly department: string;
    readonly kind: AccountKind;
    /** RFC 3339, UTC. */
    readonly lastSignIn: string;
    /** Under what else the same person goes, in lower case: nobody of these names may decide. */
    readonly aliases: readonly string[];
  };
  readonly entitlement: { readonly id: string; readonly name: string; readonly privileged: boolean };
  readonly resource: { readonly type: string; readonly id: string; readonly name: string };
  /** Held itself (`true`), only through something else (`false`), or not known (`null`). */
  readonly direct: boolean | null;
  /** Why, in a line for people. */
  readonly why: string;
  /** Every way, as `group group:00g1 stated`. */
  readonly paths: readonly string[];
  readonly grantedAt: string;
  readonly grantedBy: string;
  /** Where the access ends by itself: the lease and its end. */
  readonly temporary: { readonly lease: string; readonly until: string } | null;
  readonly findings: readonly ItemFinding[];
  readonly recommendation: { readonly decision: Decision | "NONE"; readonly why: string };
  readonly earlier: EarlierDecision | null;
  /** Whether the earlier decision stands, so that nobody is asked. */
  readonly carried: boolean;
  /** The hash of what decided over the item: another one means that it has changed. */
  readonly state: string;
  readonly reviewer: {
    /** As he is addressed: an email or a login; empty where there is nobody. */
    readonly name: string;
    readonly source: ReviewerSource;
    /** Who was passed over, and why. */
    readonly notes: readonly string[];
  };
  /** What a revocation would do: `revoke` takes it away; `manual`: `what` says what has to change, and who else has it. */
  readonly remedy: { readonly how: "revoke" | "manual"; readonly what: string };
}

/** The id of an access: from whom and what it is, and nothing else. It begins with a letter, so that no sheet takes it for a number. */
export function itemId(principal: { readonly type: string; readonly id: string }, entitlement: string): string {
  return `i${sha256(canonicalJson(["access", principal.type, principal.id, entitlement])).slice(0, 20)}`;
}
