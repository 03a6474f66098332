import type { Evidence } from "./evidence.ts";
import type { ResourceKey } from "./ids.ts";

/** How bad a finding is, the least first. */
export const SEVERITIES = ["low", "medium", "high", "critical"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** What is known of a rule without a snapshot. */
export interface RuleDescription {
  /** Stable, in kebab case: suppressions and other programs name it. */
  readonly id: string;
  /** One phrase without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters. */
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Where the rule comes from, as `DISA OKTA-APP-003241`. */
  readonly sources: readonly string[];
  /** What has to be in the snapshot for it to be judged, as `API tokens (--sync-secrets)`. */
  readonly needs: string;
}

/** Something that a rule has found. */
export interface Issue {
  /** Whom or what it is about. */
  readonly subject: ResourceKey;
  /** What happened, in a sentence without a full stop. Texts of the snapshot in it are as they are there. */
  readonly what: string;
  /** What leads from the subject to the danger, in order. */
  readonly path?: readonly ResourceKey[];
}

/** What a rule could not judge: of one subject, or, where none is named, at all. */
export interface NotKnown {
  /** What is missing, in a phrase, as `API tokens were not read (--sync-secrets)`. */
  readonly notKnown: string;
  readonly subject?: ResourceKey;
}

/** A rule: tells what it finds in a snapshot, and what it cannot tell. Neither means: judged, and fine. */
export interface Rule extends RuleDescription {
  judge(evidence: Evidence): Iterable<Issue | NotKnown>;
}

/** An issue with all that is to be said of it. */
export interface Finding extends Issue {
  readonly rule: RuleDescription;
  readonly severity: Severity;
  readonly path: readonly ResourceKey[];
  /** The same in every snapshot for the same rule, subject and path: hex of a SHA-256. */
  readonly fingerprint: string;
}
