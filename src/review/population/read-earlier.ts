import { Failure } from "../../runtime/failure.ts";
import { verifyReview } from "../evidence/verify.ts";
import type { SigningKey } from "../record/signature.ts";
import { faultText, readReview } from "../review.ts";
import type { EarlierReview } from "./earlier.ts";

/**
 * What an earlier review decided. It is verified first. Throws a {@link Failure} of kind `failedPrecondition` where it is
 * not whole, or not closed.
 */
export async function readEarlier(folder: string, key: SigningKey | undefined): Promise<EarlierReview> {
  const { faults, isClosed, sha256 } = await verifyReview(folder, key);
  const [fault] = faults;
  if (fault !== undefined) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `the earlier review in ${folder} is not as it was written: ${faultText(fault)}`,
      advice: `nothing of it is carried on; see baton-okta review verify --dir ${folder}`,
    });
  }
  if (!isClosed) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `the earlier review in ${folder} is not closed`,
      advice: `close it first: baton-okta review close --dir ${folder}`,
    });
  }
  const state = readReview(folder).state!;
  const { name } = state.campaign;
  const decisions = new Map<string, EarlierReview["decisions"] extends ReadonlyMap<string, infer D> ? D : never>();
  for (const item of state.items.values()) {
    const decided = state.decided(item.id);
    // What was carried on there stands as it was decided, where it was.
    const decision = item.carried
      ? item.earlier!
      : {
          ...{ review: name, sha256, decision: decided?.decision ?? ("UNREVIEWED" as const) },
          ...{ at: decided?.time ?? "", by: decided?.reviewer ?? "" },
        };
    decisions.set(item.id, { state: item.state, decision });
  }
  return { name, sha256, decisions };
}
