import { Failure, type FailureOptions } from "../../runtime/failure.ts";

/**
 * Why something cannot be taken away: who has it does not have it directly (any more), but these other ways. Of kind
 * `failedPrecondition`.
 */
export class HeldOtherwise extends Failure {
  /** How it is held, as `group 00g1`. */
  readonly ways: readonly string[];

  constructor(ways: readonly string[], options: Omit<FailureOptions, "kind">) {
    super({ ...options, kind: "failedPrecondition" });
    this.ways = ways;
  }
}
