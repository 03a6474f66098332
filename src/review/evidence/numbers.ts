import type { RemediationStatus } from "../population/item.ts";
import type { ReviewState } from "../state.ts";

/** The numbers of a review. Every item is in exactly one of `decisions` and, where it is to go, of `remediation`. */
export interface ReviewNumbers {
  readonly items: number;
  readonly asked: number;
  readonly carried: number;
  readonly decisions: {
    readonly approved: number;
    readonly revoked: number;
    /** Asked, and nobody answered. */
    readonly unreviewed: number;
    /** Not asked: the earlier decision stands. */
    readonly carried: number;
  };
  /** Of the unreviewed: what no answer means, where the review says so. */
  readonly unansweredMeans: { readonly keep: number; readonly revoke: number; readonly nothing: number };
  readonly unassigned: number;
  /** Decisions that count and came faster than a person reads. */
  readonly fast: number;
  readonly remediation: Readonly<Record<RemediationStatus, number>>;
  readonly reviewers: readonly ReviewerNumbers[];
}

export interface ReviewerNumbers {
  /** Empty for what nobody decides. */
  readonly reviewer: string;
  readonly asked: number;
  readonly approved: number;
  readonly revoked: number;
  readonly unreviewed: number;
  readonly fast: number;
}

type Counts<T> = { -readonly [K in keyof T]: T[K] };

/** Counts a review, item by item. */
export function numbersOf(state: ReviewState): ReviewNumbers {
  const decisions = { approved: 0, revoked: 0, unreviewed: 0, carried: 0 };
  const unansweredMeans = { keep: 0, revoke: 0, nothing: 0 };
  const remediation = { NONE: 0, OPEN: 0, ERROR: 0, SUCCESS: 0, MANUAL: 0 };
  const reviewers = new Map<string, Counts<ReviewerNumbers>>();
  let fast = 0;
  let unassigned = 0;
  for (const item of state.items.values()) {
    remediation[state.remediationOf(item)]++;
    if (item.carried) {
      decisions.carried++;
      continue;
    }
    const reviewer = state.reviewerOf(item);
    if (reviewer === "") unassigned++;
    const own = reviewers.get(reviewer) ?? { reviewer, asked: 0, approved: 0, revoked: 0, unreviewed: 0, fast: 0 };
    reviewers.set(reviewer, own);
    own.asked++;
    const decided = state.decided(item.id);
    const key = decided === undefined ? "unreviewed" : decided.decision === "APPROVE" ? "approved" : "revoked";
    decisions[key]++;
    own[key]++;
    if (decided === undefined) {
      const effective = state.effective(item);
      unansweredMeans[effective === "APPROVE" ? "keep" : effective === "REVOKE" ? "revoke" : "nothing"]++;
    } else if (decided.fast) {
      fast++;
      own.fast++;
    }
  }
  const items = state.items.size;
  return {
    ...{
      items,
      asked: items - decisions.carried,
      carried: decisions.carried,
      decisions,
      unansweredMeans,
      unassigned,
      fast,
    },
    remediation,
    reviewers: [...reviewers.values()].sort((a, b) => (a.reviewer < b.reviewer ? -1 : 1)),
  };
}
