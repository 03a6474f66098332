import { createHash } from "node:crypto";
import type { Answer } from "../../review/decisions/decide.ts";
import type { ReviewState } from "../../review/state.ts";

/** An answer that was not taken: it stands in its form as it was filled in. */
export interface RefusedAnswer {
  readonly item: string;
  readonly decision: string;
  readonly justification: string;
  readonly reason: string;
}

/** What a form with decisions says. */
export interface DecisionForm {
  /** What was filled in; what stands in it as the page showed it is none of the person's doing, and left out. */
  readonly answers: readonly Answer[];
  /** What would write over a decision that the person did not see: it was made after the page was shown. */
  readonly overtaken: readonly RefusedAnswer[];
}

/** Reads a form. `fields`: its fields by name; texts only count. */
export function decisionForm(fields: Readonly<Record<string, unknown>>, state: ReviewState): DecisionForm {
  const field = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const answers: Answer[] = [];
  const overtaken: RefusedAnswer[] = [];
  for (const key of Object.keys(fields)) {
    if (!key.startsWith("decision-")) continue;
    const item = key.slice("decision-".length);
    const answer = { item, decision: field(key), justification: field(`justification-${item}`) };
    const shown = field(`shown-${item}`);
    if (shown !== "" && shown === shownAs(answer)) continue;
    const decided = state.decided(item);
    if (shown === "" || shown === shownAs(decided)) answers.push(answer);
    else if (shownAs(answer) !== shownAs(decided)) {
      const reason = `it was decided meanwhile, in another window or a sheet (${decided?.decision}): save again to change that`;
      overtaken.push({ ...answer, reason });
    }
  }
  return { answers, overtaken };
}

/** What a form keeps of a decision that it shows, to tell later whether either has changed. */
export function shownAs(decision: Pick<Answer, "decision" | "justification"> | undefined): string {
  // A field of one line shows line breaks as nothing.
  const text = JSON.stringify([decision?.decision ?? "", (decision?.justification ?? "").replace(/\s+/g, "")]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
