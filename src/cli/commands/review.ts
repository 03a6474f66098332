import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { REVIEW_OWN_FLAGS } from "../flags/review.ts";
import type { ReviewStep } from "../review/input.ts";

/** The steps of a review, each loaded when it is named. */
const STEPS: Readonly<Record<string, () => Promise<ReviewStep>>> = {
  start: async () => (await import("../review/start.ts")).start,
  status: async () => (await import("../review/status.ts")).status,
  sheet: async () => (await import("../review/sheets.ts")).sheet,
  decide: async () => (await import("../review/sheets.ts")).decide,
  delegate: async () => (await import("../review/sheets.ts")).delegate,
  page: async () => (await import("../review/page.ts")).page,
  apply: async () => (await import("../review/apply.ts")).apply,
  close: async () => (await import("../review/close.ts")).close,
  verify: async () => (await import("../review/close.ts")).verify,
};

/** `review`, followed by a step. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, positionals } = await readChangeSettings("review", REVIEW_OWN_FLAGS, argv, env, output);
  const [name, ...words] = positionals;
  const step = name !== undefined && Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  const names = Object.keys(STEPS);
  if (step === undefined) {
    const suggestion = name === undefined ? undefined : didYouMean(name, names);
    throw new Failure({
      kind: "usage",
      message: name === undefined ? "review takes what to do" : `review cannot ${JSON.stringify(name)}`,
      advice: suggestion === undefined ? `write one of ${names.join(", ")}` : `did you mean ${suggestion}?`,
    });
  }
  if (words.length > 0 && name !== "decide") {
    throw new Failure({
      kind: "usage",
      message: `review ${name} takes no argument ${JSON.stringify(words[0])}`,
      advice: "see baton-okta help review",
    });
  }
  return await (await step())({ own, values, words, env, output });
};
