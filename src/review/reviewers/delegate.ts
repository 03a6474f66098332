import { Failure } from "../../runtime/failure.ts";
import type { Review } from "../review.ts";

/** Who hands what over to whom. */
export interface Delegation {
  /** A reviewer; empty for the items that nobody has. */
  readonly from: string;
  readonly to: string;
  /** Only these; all that are not decided where it is empty. */
  readonly items: readonly string[];
  readonly by: string;
  readonly reason: string;
}

/** What came of it. */
export interface Delegated {
  readonly moved: number;
  /** Items that stay, as whoever they would go to would decide on their own access. */
  readonly kept: readonly string[];
}

/** Hands items over to another reviewer. Nobody gets his own. Throws a {@link Failure} of kind `usage` where there is nothing to hand over. */
export async function delegate(review: Review, { from, to, items, by, reason }: Delegation): Promise<Delegated> {
  const { state } = review;
  const target = to.trim().toLowerCase();
  const source = from.trim().toLowerCase();
  if (target === "" || target === source) throw new Failure({ kind: "usage", message: "--to takes another reviewer" });
  const all = [...state.itemsOf(source)];
  if (all.length === 0) {
    const names = state.reviewers().map((name) => name || "nobody");
    throw new Failure({
      kind: "usage",
      message: source === "" ? "every item has a reviewer" : `${source} has nothing to decide in this review`,
      advice: `there are ${names.slice(0, 10).join(", ")}`,
    });
  }
  const unknown = items.find((id) => !all.some((item) => item.id === id));
  if (unknown !== undefined)
    throw new Failure({ kind: "usage", message: `${unknown} is no item of ${source || "nobody"}` });
  const wanted = all.filter(({ id }) => (items.length === 0 ? state.decided(id) === undefined : items.includes(id)));
  const own = wanted.filter((item) => state.isOwn(item, target));
  const moved = wanted.filter((item) => !own.includes(item)).map(({ id }) => id);
  if (moved.length > 0) {
    await review.add([{ kind: "delegated", time: review.time(), from: source, to: target, by, reason, items: moved }]);
  }
  return { moved: moved.length, kept: own.map(({ id }) => id) };
}
