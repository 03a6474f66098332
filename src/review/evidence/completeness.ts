import { gapsOf } from "../campaign.ts";
import type { ReviewState } from "../state.ts";
import { numbersOf } from "./numbers.ts";

/** What an auditor asks first: whether all was there, decided by somebody else than the person, and gone where it was to go. */
export interface Completeness {
  /** What is missing from the population; empty where it is known to be whole. */
  readonly gaps: readonly string[];
  readonly everyItemHasReviewer: boolean;
  readonly everyItemDecided: boolean;
  readonly nobodyReviewedThemselves: boolean;
  readonly everyRevocationProved: boolean;
  /** Ids, a thousand of each at most; the files beside this one hold them all. */
  readonly withoutReviewer: readonly string[];
  readonly unreviewed: readonly string[];
  readonly decidedFast: readonly string[];
  readonly notProved: readonly string[];
}

const MAX_NAMED = 1_000;

/** Works it out of all items. */
export function completenessOf(state: ReviewState): Completeness {
  const numbers = numbersOf(state);
  const withoutReviewer: string[] = [];
  const unreviewed: string[] = [];
  const decidedFast: string[] = [];
  const notProved: string[] = [];
  let self = 0;
  const note = (list: string[], id: string) => {
    if (list.length < MAX_NAMED) list.push(id);
  };
  for (const item of state.items.values()) {
    if (state.remediationOf(item) !== "NONE" && state.remediationOf(item) !== "SUCCESS") note(notProved, item.id);
    if (item.carried) continue;
    const decided = state.decided(item.id);
    if (state.reviewerOf(item) === "") note(withoutReviewer, item.id);
    if (decided === undefined) note(unreviewed, item.id);
    if (decided?.fast) note(decidedFast, item.id);
    if (decided !== undefined && state.isOwn(item, decided.reviewer)) self++;
  }
  const { OPEN, ERROR, MANUAL } = numbers.remediation;
  return {
    gaps: gapsOf(state.campaign),
    everyItemHasReviewer: numbers.unassigned === 0,
    everyItemDecided: numbers.decisions.unreviewed === 0,
    nobodyReviewedThemselves: self === 0,
    everyRevocationProved: OPEN + ERROR + MANUAL === 0,
    ...{ withoutReviewer, unreviewed, decidedFast, notProved },
  };
}
