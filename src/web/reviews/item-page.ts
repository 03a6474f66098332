import type { Item, ItemFinding } from "../../review/population/item.ts";
import type { ReviewState } from "../../review/state.ts";

/** What a reviewer sees of an item. */
export interface ShownItem {
  readonly id: string;
  readonly who: string;
  readonly login: string;
  readonly status: string;
  readonly department: string;
  readonly kind: string;
  readonly what: string;
  readonly entitlement: string;
  readonly privileged: boolean;
  readonly why: string;
  readonly lastSignIn: string;
  readonly temporaryUntil: string;
  readonly findings: readonly Pick<ItemFinding, "severity" | "what">[];
  readonly recommendation: string;
  readonly ifRevoked: string;
  readonly earlier: string;
  readonly decision: string;
  readonly justification: string;
}

/** Which items are wanted. */
export interface ItemFilter {
  /** `open`: not decided on. */
  readonly state: "open" | "all";
  /** Part of a name, login or id, in whatever case. */
  readonly q: string;
  readonly offset: number;
  readonly limit: number;
}

/** A page of somebody's items. */
export interface ItemPage {
  readonly rows: readonly ShownItem[];
  /** Where it begins: at the last page where there is nothing any more at what was asked for. */
  readonly offset: number;
  /** How many fit the filter. */
  readonly total: number;
  readonly own: number;
  readonly decided: number;
}

/**
 * A page of the items that a reviewer decides on; nothing of others' is counted or shown. `also`: items that stand on it
 * though the filter would leave them out, where they are the reviewer's.
 */
export function itemPage(
  state: ReviewState,
  reviewer: string,
  filter: ItemFilter,
  also: readonly string[] = [],
): ItemPage {
  const fitting: Item[] = [];
  const text = filter.q.trim().toLowerCase();
  let [own, decided] = [0, 0];
  for (const item of state.itemsOf(reviewer)) {
    own++;
    const isDecided = state.decided(item.id) !== undefined;
    if (isDecided) decided++;
    if (filter.state === "open" && isDecided) continue;
    if (text === "" || textsOf(item).some((one) => one.toLowerCase().includes(text))) fitting.push(item);
  }
  const total = fitting.length;
  const lastPage = filter.limit === 0 ? 0 : Math.floor(Math.max(0, total - 1) / filter.limit) * filter.limit;
  const offset = filter.offset < total ? filter.offset : lastPage;
  const page = fitting.slice(offset, offset + filter.limit);
  const left = also.flatMap((id) => state.items.get(id) ?? []).filter((item) => state.reviewerOf(item) === reviewer);
  const rows = [...new Set([...left.filter((item) => !item.carried && !page.includes(item)), ...page])];
  return { rows: rows.map((item) => shownItem(state, item)), offset, total, own, decided };
}

/** What is looked through for words. */
function textsOf(item: Item): string[] {
  const { id, principal, entitlement } = item;
  return [principal.name, principal.login, whatOf(item), entitlement.id, principal.department, principal.id, id];
}

function whatOf({ resource }: Item): string {
  return `${resource.type} ${resource.name || resource.id}`;
}

function shownItem(state: ReviewState, item: Item): ShownItem {
  const { principal, entitlement, recommendation, remedy, earlier, temporary } = item;
  const decided = state.decided(item.id);
  return {
    id: item.id,
    who: principal.name || principal.id,
    login: principal.login,
    status: principal.status,
    department: principal.department,
    kind: principal.kind,
    what: whatOf(item),
    entitlement: entitlement.id,
    privileged: entitlement.privileged,
    why: item.why,
    lastSignIn: principal.lastSignIn,
    temporaryUntil: temporary === null ? "" : temporary.until || "yes",
    findings: item.findings.map(({ severity, what }) => ({ severity, what })),
    recommendation: `${recommendation.decision}: ${recommendation.why}`,
    ifRevoked: remedy.how === "manual" ? `by hand: ${remedy.what}` : remedy.what,
    earlier: earlier === null ? "" : `${earlier.decision} by ${earlier.by} on ${earlier.at}`,
    decision: decided?.decision ?? "",
    justification: decided?.justification ?? "",
  };
}
