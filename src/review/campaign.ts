import type { Severity } from "../baton/model/finding.ts";

/** Which decisions need a justification. `privileged`: those on privileged access, and revocations of it. */
export const JUSTIFICATIONS = ["none", "all", "privileged", "revoke", "approve"] as const;
export type RequiredJustification = (typeof JUSTIFICATIONS)[number];

/** What no answer means: nothing (it is reported as unreviewed), or one of the decisions. */
export type Unanswered = "none" | "keep" | "revoke";

/** How a review is run, as it was settled at its start. */
export interface CampaignSettings {
  readonly scopes: readonly string[];
  readonly findings: Severity | "";
  readonly requireJustification: RequiredJustification;
  readonly forbidBulk: boolean;
  readonly unanswered: Unanswered;
  /** Decisions that come faster than this, in milliseconds for each item, are marked. */
  readonly readingMs: number;
  readonly reviewers: readonly string[];
  readonly fallbacks: readonly string[];
  /** The review that this one follows; empty where there is none. */
  readonly changedSince: { readonly review: string; readonly sha256: string } | null;
}

/** Numbers of a population; each item counts in as many as hold for it. */
export interface PopulationCounts {
  readonly items: number;
  /** Those that somebody is asked about; the others carry an earlier decision. */
  readonly asked: number;
  readonly carried: number;
  /** Of those asked: nobody is there to decide. */
  readonly unassigned: number;
  readonly privileged: number;
  readonly nonHuman: number;
  readonly temporary: number;
  readonly withFindings: number;
  /** Not taken away from the principal itself: something else would have to change. */
  readonly manual: number;
}

/** A review as it was frozen at its start: `review.json`. */
export interface Campaign {
  readonly form: "baton-okta review 1";
  readonly review: string;
  readonly name: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly program: string;
  readonly settings: CampaignSettings;
  readonly snapshot: {
    readonly file: string;
    readonly sha256: string;
    readonly syncId: string;
    readonly type: string;
    readonly startedAt: string;
    readonly endedAt: string;
    /** What is in the sync, so that the population can be tied to it. */
    readonly resources: number;
    readonly entitlements: number;
    readonly grants: number;
    /** What could not be read of the other side; `null` where the snapshot does not say. */
    readonly missing: readonly string[] | null;
  };
  /** Where the other side was asked when, and by whom, access was granted: the time that its log goes back to. */
  readonly grantsKnownFrom: string | null;
  /** What rules could not judge. */
  readonly notJudged: readonly string[];
  readonly counts: PopulationCounts;
  /** Those who decide, with the number of their items. */
  readonly reviewers: readonly { readonly name: string; readonly items: number }[];
}

export const CAMPAIGN_FILE = "review.json";
export const POPULATION_FILE = "population.jsonl";

/** What has to be said of a population first: what is missing from it. Empty where it is known to be whole. */
export function gapsOf({ snapshot }: Campaign): string[] {
  const gaps: string[] = [];
  if (snapshot.type !== "full") {
    gaps.push(`the snapshot is a ${snapshot.type} sync: what it left out is not in the population`);
  }
  if (snapshot.missing === null) gaps.push("the snapshot does not say whether everything could be read");
  for (const what of snapshot.missing ?? []) gaps.push(`not readable, so not in the population: ${what}`);
  return gaps;
}
