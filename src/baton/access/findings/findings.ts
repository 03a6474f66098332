import { createHash } from "node:crypto";
import type { Evidence } from "../../model/evidence.ts";
import {
  type Finding,
  type Issue,
  type NotKnown,
  type Rule,
  type RuleDescription,
  SEVERITIES,
} from "../../model/finding.ts";
import { resourceKey } from "../../model/ids.ts";

/** What one rule came to. With neither findings nor gaps it was judged, and all is well. */
export interface RuleOutcome {
  readonly rule: RuleDescription;
  readonly findings: readonly Finding[];
  /** What it could not judge, each reason once. */
  readonly gaps: readonly Gap[];
}

/** Something that is not known. */
export interface Gap {
  readonly reason: string;
  /** How many subjects it holds for; 0 where the rule could not be judged at all. */
  readonly subjects: number;
  /** One of them. */
  readonly example?: NotKnown["subject"];
}

/** Judges a snapshot by rules. Findings of a rule come in the order in which it finds them. */
export function judge(rules: readonly Rule[], evidence: Evidence): RuleOutcome[] {
  return rules.map((rule) => {
    const findings: Finding[] = [];
    const gaps = new Map<string, Gap>();
    for (const one of rule.judge(evidence)) {
      if ("notKnown" in one) addGap(gaps, one);
      else findings.push(findingOf(rule, one));
    }
    return { rule, findings, gaps: [...gaps.values()] };
  });
}

/** Worst first. */
export function bySeverity(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
}

function addGap(gaps: Map<string, Gap>, { notKnown: reason, subject }: NotKnown): void {
  const before = gaps.get(reason);
  const example = before?.example ?? subject;
  const subjects = (before?.subjects ?? 0) + (subject === undefined ? 0 : 1);
  gaps.set(reason, { reason, subjects, ...(example !== undefined && { example }) });
}

function findingOf(rule: RuleDescription, issue: Issue): Finding {
  const path = issue.path ?? [];
  const keys = [issue.subject, ...path].map(({ type, id }) => resourceKey(type, id));
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([rule.id, ...keys]))
    .digest("hex");
  return { ...issue, path, rule, severity: rule.severity, fingerprint };
}
