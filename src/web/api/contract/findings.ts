import type { ComputedPage, Thing } from "./shared.ts";

export type Severity = "low" | "medium" | "high" | "critical";

/** Findings, counted. */
export interface FindingCounts {
  readonly total: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Rules that could not be judged, wholly or in part. Not known is not fine. */
  readonly rulesNotJudged: number;
  readonly rules: number;
}

/** `GET /api/findings?severity=&rule=&q=&subject=TYPE:ID&cursor=&limit=`, worst first. `severity`: one, or several with commas. */
export type FindingPage = ComputedPage<FindingRow> & {
  readonly counts: FindingCounts | null;
  /** Every rule, also those that found nothing. Empty until they were judged. */
  readonly rules: readonly RuleInfo[];
};

export interface FindingRow {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly subject: Thing;
  /** What happened, in a sentence without a full stop. */
  readonly what: string;
  /** What leads from the subject to the danger. */
  readonly path: readonly Thing[];
  /** The same in every snapshot for the same. */
  readonly fingerprint: string;
}

export interface RuleInfo {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: string;
  readonly sources: readonly string[];
  readonly needs: string;
  readonly findings: number;
  /** What it could not judge: each reason, and of how many (0: of none at all). */
  readonly notKnown: readonly { readonly reason: string; readonly subjects: number; readonly example: Thing | null }[];
}
