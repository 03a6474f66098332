import type { Values } from "../../runtime/config/config.ts";
import { Failure } from "../../runtime/failure.ts";
import { userName } from "../change/session.ts";
import type { ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import type { REVIEW_OWN_FLAGS } from "../flags/review.ts";
import type { Output } from "../terminal/output.ts";

/** What a step of a review runs with. */
export interface ReviewInput {
  /** The flags of `review`. */
  readonly own: Values<typeof REVIEW_OWN_FLAGS>;
  /** Those of the program: credentials, limits, logs, how changes are made. */
  readonly values: FlagValues;
  /** What stands after the step's name. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}

/** A step of a review. */
export type ReviewStep = (input: ReviewInput) => Promise<ExitCode>;

/** A flag that has to be given. Throws a `Failure` of kind `usage` where it is not. */
export function required(input: ReviewInput, name: "dir" | "name" | "out" | "from" | "to"): string {
  const value = input.own[name];
  if (value !== undefined && value.trim() !== "") return value;
  throw new Failure({ kind: "usage", message: `--${name} is missing`, advice: "see baton-okta help review" });
}

/** Who does it, as records name it. */
export function actorOf({ values }: ReviewInput): string {
  return values["requested-by"] ?? userName();
}
