import { chainedLines } from "../record/chain.ts";
import type { ReviewState } from "../state.ts";
import { completenessOf } from "./completeness.ts";
import { numbersOf } from "./numbers.ts";
import { README } from "./readme.ts";
import { summaryHtml } from "./summary-html.ts";

/** The files that a closed review has besides those of its start, its journal and its proofs; each follows from these alone. */
export const EVIDENCE_FILES = {
  "decisions.jsonl": (state: ReviewState) => chainedLines(decisions(state)),
  "remediation.jsonl": (state: ReviewState) => chainedLines(remediation(state)),
  "completeness.json": (state: ReviewState) => [pretty(completenessOf(state))],
  "summary.json": (state: ReviewState) => [pretty(summaryOf(state))],
  "summary.html": (state: ReviewState) => [summaryHtml(state)],
  "README.txt": () => [README],
} as const satisfies Readonly<Record<string, (state: ReviewState) => Iterable<string>>>;

export type EvidenceFile = keyof typeof EVIDENCE_FILES;

/** A line for each item: what was decided, by whom, when, and what counts where nobody answered. */
function* decisions(state: ReviewState): Generator<object> {
  for (const item of state.items.values()) {
    const decided = state.decided(item.id);
    yield {
      item: item.id,
      decision: decided?.decision ?? "UNREVIEWED",
      effective: state.effective(item),
      reviewer: decided?.reviewer ?? state.reviewerOf(item),
      decidedAt: decided?.time ?? "",
      justification: decided?.justification ?? "",
      via: decided?.via ?? "",
      sheet: decided?.sheet ?? "",
      fast: decided?.fast ?? false,
      together: decided?.together ?? 0,
      carried: item.carried ? item.earlier : null,
    };
  }
}

/** A line for each item that is to go: how far that is, and what proves it. */
function* remediation(state: ReviewState): Generator<object> {
  for (const item of state.items.values()) {
    const status = state.remediationOf(item);
    if (status === "NONE") continue;
    const { time = "", what = item.remedy.what, proof = null, by = "" } = state.remediated(item.id) ?? {};
    yield { item: item.id, status, remediatedAt: time, what, proof, by };
  }
}

/** The numbers and what they are of, for programs. */
export function summaryOf(state: ReviewState): object {
  const { review, name, startedAt, startedBy, snapshot, settings, counts } = state.campaign;
  return { review, name, startedAt, startedBy, snapshot, settings, population: counts, ...numbersOf(state) };
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
