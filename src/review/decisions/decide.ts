import { Failure } from "../../runtime/failure.ts";
import type { RequiredJustification } from "../campaign.ts";
import type { Decided } from "../journal-records.ts";
import { DECISIONS, type Decision, type Item } from "../population/item.ts";
import type { Review } from "../review.ts";

/** The longest justification, in characters. */
export const MAX_JUSTIFICATION = 2_000;

/** What somebody says of an item. */
export interface Answer {
  readonly item: string;
  /** `APPROVE` or `REVOKE`, in whatever case. */
  readonly decision: string;
  readonly justification: string;
}

/** Where answers come from. */
export interface AnswerSource {
  readonly reviewer: string;
  readonly via: Decided["via"];
  /** The SHA-256 of the sheet; empty where it is none. */
  readonly sheet?: string;
  /**
   * When an item was first shown to the reviewer, in milliseconds since the Unix epoch; `undefined`: never, so that nobody
   * can have read it. Absent where items are not shown one by one.
   */
  readonly shownAt?: (item: string) => number | undefined;
}

/** What came of some answers. */
export interface Decisions {
  readonly taken: number;
  /** Those that say what was decided already. */
  readonly unchanged: number;
  readonly fast: boolean;
  readonly refused: readonly { readonly item: string; readonly reason: string }[];
}

/**
 * Takes a reviewer's decisions in: what may not be is refused one by one, with the reason, and the others count. Throws a
 * {@link Failure} of kind `failedPrecondition` where the review is closed, or bulk decisions are forbidden and this is one.
 */
export async function decide(review: Review, answers: readonly Answer[], source: AnswerSource): Promise<Decisions> {
  const { state } = review;
  if (state.closed !== undefined) await review.add([]);
  const { settings } = state.campaign;
  if (settings.forbidBulk && source.via !== "sheet" && answers.length > 1) {
    throw bulk("decide on one item at a time");
  }
  const refused: { item: string; reason: string }[] = [];
  const good: { item: Item; decision: Decision; justification: string }[] = [];
  const seen = new Set<string>();
  let unchanged = 0;
  for (const answer of answers) {
    const item = state.items.get(answer.item);
    const known = state.decided(answer.item);
    const isKnown = known !== undefined && saysTheSame(known, answer, source);
    const reason =
      item === undefined ? "there is no such item in this review" : refusalOf(review, item, answer, source, isKnown);
    if (reason !== undefined) refused.push({ item: answer.item, reason });
    else if (seen.has(answer.item)) refused.push({ item: answer.item, reason: "the item is decided on twice" });
    else {
      seen.add(answer.item);
      if (isKnown) unchanged++;
      else {
        good.push({
          item: item!,
          decision: decisionOf(answer.decision)!,
          justification: answer.justification.trim(),
        });
      }
    }
  }
  const now = review.clock.now();
  const { shownAt } = source;
  const shown = shownAt === undefined ? [] : good.map(({ item }) => shownAt(item.id) ?? now);
  const since = shown.reduce((a, b) => Math.max(a, b), state.lastSeen(source.reviewer));
  const fast = good.length > 0 && now - since < good.length * settings.readingMs;
  if (fast && good.length > 1 && settings.forbidBulk) {
    throw bulk(`${good.length} decisions came faster than a person reads them`);
  }
  const time = new Date(now).toISOString();
  await review.add(
    good.map(({ item, decision, justification }) => ({
      ...{
        kind: "decided",
        time,
        item: item.id,
        reviewer: source.reviewer,
        decision,
        justification,
        via: source.via,
        fast,
      },
      sheet: source.sheet ?? "",
      together: good.length,
    })),
  );
  return { taken: good.length, unchanged, fast, refused };
}

/** Whether an answer says nothing but what was decided. */
function saysTheSame(known: Decided, { decision, justification }: Answer, { reviewer }: AnswerSource): boolean {
  return (
    known.decision === decisionOf(decision) &&
    known.justification === justification.trim() &&
    known.reviewer === reviewer
  );
}

/** A decision by its name, in whatever case. */
export function decisionOf(text: string): Decision | undefined {
  const name = text.trim().toUpperCase();
  return DECISIONS.find((one) => one === name);
}

/** Why somebody's answer is not taken; `undefined` where it is. */
function refusalOf(
  { state }: Review,
  item: Item,
  answer: Answer,
  { reviewer }: AnswerSource,
  isKnown: boolean,
): string | undefined {
  if (state.reviewerOf(item) !== reviewer) return "the item is not this reviewer's to decide";
  if (state.isOwn(item, reviewer)) return "nobody decides on their own access";
  if (item.carried) return `nobody is asked: the decision of ${item.earlier?.review ?? "an earlier review"} stands`;
  const decision = decisionOf(answer.decision);
  if (decision === undefined)
    return `the decision ${JSON.stringify(answer.decision.slice(0, 40))} is none of ${DECISIONS.join(", ")}`;
  if (isKnown) return undefined;
  if (state.isRevoking(item.id) || state.remediated(item.id) !== undefined)
    return "what was decided is carried out already";
  if (answer.justification.length > MAX_JUSTIFICATION)
    return `the justification is longer than ${MAX_JUSTIFICATION} characters`;
  if (
    answer.justification.trim() === "" &&
    needsJustification(state.campaign.settings.requireJustification, item, decision)
  ) {
    return "a justification is required";
  }
  return undefined;
}

/** Whether a decision on an item has to be justified. */
export function needsJustification(required: RequiredJustification, item: Item, decision: Decision): boolean {
  switch (required) {
    case "none":
      return false;
    case "all":
      return true;
    case "privileged":
      return item.entitlement.privileged;
    case "revoke":
      return decision === "REVOKE";
    case "approve":
      return decision === "APPROVE";
  }
}

function bulk(what: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `bulk decisions are forbidden in this review: ${what}`,
    advice: "take the time to read each item; nothing was taken in",
  });
}
