import { closeReview } from "../../review/evidence/close.ts";
import { completenessOf } from "../../review/evidence/completeness.ts";
import { verifyReview } from "../../review/evidence/verify.ts";
import { readKey } from "../../review/record/signature.ts";
import { faultText, openReview } from "../../review/review.ts";
import { printable } from "../../runtime/printable-text.ts";
import { EXIT } from "../exit.ts";
import { count } from "../terminal/layout.ts";
import { actorOf, type ReviewStep, required } from "./input.ts";

/** `review close`. */
export const close: ReviewStep = async (input) => {
  const { own, values, output } = input;
  const folder = required(input, "dir");
  const key = own.key === undefined ? undefined : await readKey(own.key, "private");
  using review = await openReview(folder, { write: true });
  await closeReview(review, actorOf(input), key);
  const complete = completenessOf(review.state);
  if (values.output === "json") {
    output.out(`${JSON.stringify({ dir: folder, signedBy: key?.thumbprint ?? "", ...complete }, null, 2)}\n`);
    return EXIT.done;
  }
  for (const gap of complete.gaps) output.out(`NOT WHOLE: ${printable(gap)}.\n`);
  const said: [boolean, string][] = [
    [complete.everyItemHasReviewer, "not every item has a reviewer"],
    [complete.everyItemDecided, "not every item was decided on"],
    [complete.everyRevocationProved, "not everything that was to go is proved to be gone"],
    [complete.decidedFast.length === 0, "decisions came faster than a person reads"],
  ];
  for (const [isGood, what] of said) if (!isGood) output.out(`NOT COMPLETE: ${what}; see completeness.json.\n`);
  output.out(`Closed; the evidence is in ${printable(folder)}, to be read first: summary.html.\n`);
  if (key === undefined)
    output.out("It is not signed: whoever can write there could make it anew. --key FILE signs it.\n");
  return EXIT.done;
};

/** `review verify`: 1 where anything is not as it was written. */
export const verify: ReviewStep = async (input) => {
  const { own, values, output } = input;
  const folder = required(input, "dir");
  const key = own.key === undefined ? undefined : await readKey(own.key, "public");
  const found = await verifyReview(folder, key);
  if (values.output === "json") output.out(`${JSON.stringify({ ok: found.faults.length === 0, ...found }, null, 2)}\n`);
  else {
    for (const fault of found.faults) output.out(`BROKEN: ${printable(faultText(fault))}.\n`);
    for (const note of found.notes) output.out(`Note: ${printable(note)}.\n`);
    if (found.faults.length === 0) {
      const signed =
        found.signature === "checked"
          ? `, ${found.isClosed ? "" : "its start "}signed by ${found.signedBy}`
          : found.signature === "named"
            ? ""
            : ", not signed";
      output.out(
        `Whole: ${count(found.items)} items, ${count(found.records)} records${found.isClosed ? ", closed" : ", not closed"}${signed}. Last record: ${found.sha256}\n`,
      );
    }
  }
  return found.faults.length === 0 ? EXIT.done : EXIT.failed;
};
