import { gapsOf } from "../../review/campaign.ts";
import { numbersOf } from "../../review/evidence/numbers.ts";
import { openReview, type Review } from "../../review/review.ts";
import { printable } from "../../runtime/printable-text.ts";
import { EXIT } from "../exit.ts";
import { count, table } from "../terminal/layout.ts";
import { type ReviewStep, required } from "./input.ts";

/** `review status`. */
export const status: ReviewStep = async (input) => {
  const { values, output } = input;
  using review = await openReview(required(input, "dir"));
  output.out(values.output === "json" ? `${JSON.stringify(statusJson(review), null, 2)}\n` : statusText(review));
  return EXIT.done;
};

function statusJson({ state, notes }: Review): object {
  const { review, name, startedAt, snapshot, notJudged } = state.campaign;
  const closedAt = state.closed?.time ?? null;
  return {
    review,
    name,
    startedAt,
    closedAt,
    gaps: gapsOf(state.campaign),
    ...numbersOf(state),
    notJudged,
    snapshot,
    notes,
  };
}

function statusText({ state, notes }: Review): string {
  const { campaign } = state;
  const { decisions, remediation, unansweredMeans, ...numbers } = numbersOf(state);
  const lines: string[] = [];
  for (const gap of gapsOf(campaign)) lines.push(`NOT WHOLE: ${printable(gap)}.`);
  for (const note of notes) lines.push(`Note: ${printable(note)}.`);
  lines.push(
    `${printable(campaign.name)} (${campaign.review}), started ${campaign.startedAt}${state.closed === undefined ? "" : `, closed ${state.closed.time}`}`,
    "",
  );
  const rows: [string, number][] = [
    ["items", numbers.items],
    ["  asked about", numbers.asked],
    ["  carried from an earlier review", numbers.carried],
    ["approved", decisions.approved],
    ["revoked", decisions.revoked],
    ["UNREVIEWED", decisions.unreviewed],
    ["without a reviewer", numbers.unassigned],
    ["decided faster than a person reads", numbers.fast],
  ];
  if (unansweredMeans.keep > 0) rows.push(["no answer: is kept", unansweredMeans.keep]);
  if (unansweredMeans.revoke > 0) rows.push(["no answer: is to go", unansweredMeans.revoke]);
  rows.push(
    ["to go: gone, and seen to be", remediation.SUCCESS],
    ["to go: MANUAL, something else has to change", remediation.MANUAL],
    ["to go: failed", remediation.ERROR],
    ["to go: not done yet", remediation.OPEN],
  );
  const people = numbers.reviewers.map((one) => [
    one.reviewer || "(nobody)",
    one.asked,
    one.approved,
    one.revoked,
    one.unreviewed,
    one.fast,
  ]);
  const parts = [
    `${lines.join("\n")}\n`,
    table(undefined, rows),
    "\n",
    table(["reviewer", "asked", "approved", "revoked", "unreviewed", "fast"], people),
  ];
  if (campaign.notJudged.length > 0) {
    parts.push(
      `\n${count(campaign.notJudged.length)} rules of the findings could not be judged, or not in all cases (not known is not fine); see -o json.\n`,
    );
  }
  return parts.join("");
}
