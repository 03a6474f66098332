import { openReview } from "../../review/review.ts";
import { delegate as delegateItems } from "../../review/reviewers/delegate.ts";
import { takeSheet } from "../../review/sheets/take.ts";
import { type SheetForm, writeSheets } from "../../review/sheets/write.ts";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import { EXIT } from "../exit.ts";
import { pluralize } from "../terminal/layout.ts";
import { actorOf, type ReviewStep, required } from "./input.ts";

/** Refused rows that are reported of one sheet. */
const MAX_TOLD = 50;

/** `review sheet`. */
export const sheet: ReviewStep = async (input) => {
  const { own, values, output } = input;
  const [folder, out] = [required(input, "dir"), required(input, "out")];
  using review = await openReview(folder, { write: true });
  const written = await writeSheets(review, out, own.format as SheetForm, own.reviewer?.trim().toLowerCase());
  if (written.length === 0) {
    throw new Failure({
      kind: "usage",
      message: `nobody is asked about anything${own.reviewer === undefined ? "" : `, or not ${own.reviewer}`}`,
    });
  }
  if (values.output === "json") output.out(`${JSON.stringify({ sheets: written }, null, 2)}\n`);
  else {
    for (const { path, reviewer, items } of written) {
      output.out(
        `${printable(path)}  ${pluralize(items, "item")}${reviewer === "" ? ", without a reviewer: review delegate --from nobody --to EMAIL" : ""}\n`,
      );
    }
  }
  return EXIT.done;
};

/** `review decide`: 1 where a row or a sheet was refused. */
export const decide: ReviewStep = async (input) => {
  const { words, values, output } = input;
  const folder = required(input, "dir");
  if (words.length === 0) throw new Failure({ kind: "usage", message: "review decide takes filled sheets" });
  using review = await openReview(folder, { write: true });
  let failed = false;
  const results: object[] = [];
  for (const path of words) {
    try {
      const taken = await takeSheet(review, path);
      failed ||= taken.refused.length > 0;
      results.push({ sheet: path, ...taken });
      if (values.output === "json") continue;
      output.out(
        `${printable(path)}: of ${printable(taken.reviewer)}: ${pluralize(taken.taken, "decision")} taken, ${taken.unchanged} known already, ${taken.undecided} not decided, ${taken.refused.length} refused\n`,
      );
      if (taken.fast) output.out("  marked: they came faster than a person reads\n");
      for (const { row, item, reason } of taken.refused.slice(0, MAX_TOLD)) {
        output.out(
          `  row ${row}${item === "" ? "" : ` (${printable(item.slice(0, 40))})`} refused: ${printable(reason)}\n`,
        );
      }
      if (taken.refused.length > MAX_TOLD) output.out(`  ${taken.refused.length - MAX_TOLD} more; -o json tells all\n`);
      if (taken.missing.length > 0) {
        output.out(
          `  ${pluralize(taken.missing.length, "row")} missing from the sheet: ${taken.missing.slice(0, 5).join(", ")}${taken.missing.length > 5 ? ", ..." : ""}\n`,
        );
      }
    } catch (error) {
      // One sheet that is none keeps no other from being taken.
      if (!(error instanceof Failure) || words.length === 1) throw error;
      failed = true;
      results.push({ sheet: path, error: error.message });
      if (values.output !== "json") output.out(`${printable(path)}: refused: ${printable(error.message)}\n`);
    }
  }
  if (values.output === "json") output.out(`${JSON.stringify({ sheets: results }, null, 2)}\n`);
  return failed ? EXIT.failed : EXIT.done;
};

/** `review delegate`. */
export const delegate: ReviewStep = async (input) => {
  const { own, output, values } = input;
  const [folder, from, to] = [required(input, "dir"), required(input, "from"), required(input, "to")];
  using review = await openReview(folder, { write: true });
  const { moved, kept } = await delegateItems(review, {
    ...{ from: from === "nobody" ? "" : from, to, items: own.item, by: actorOf(input), reason: own.reason },
  });
  if (values.output === "json") output.out(`${JSON.stringify({ moved, kept }, null, 2)}\n`);
  else {
    output.out(`${pluralize(moved, "item")} handed over to ${printable(to)}.\n`);
    if (kept.length > 0)
      output.out(
        `${pluralize(kept.length, "item")} kept, as nobody decides on their own access: ${kept.slice(0, 10).join(", ")}\n`,
      );
  }
  return moved === 0 && kept.length > 0 ? EXIT.failed : EXIT.done;
};
