import type { Refusal } from "../../baton/connector.ts";
import { isObject } from "../../baton/model/values.ts";

/** The items of a page that can be read; `refused` names each of the others. */
export interface Readable<T> {
  readonly items: readonly T[];
  readonly refused?: readonly Refusal[];
}

/**
 * Items that have an id; one without could be neither stored nor asked for. `what` is what they are, in the plural;
 * `on`: the object whose list it is, as `group 00g1`.
 */
export function identified<T extends { readonly id?: unknown }>(
  items: readonly T[],
  what: string,
  on?: string,
): Readable<T & { readonly id: string }> {
  const hasId = (item: T): item is T & { readonly id: string } =>
    isObject(item) && typeof item.id === "string" && item.id !== "";
  return readable(items, hasId, {
    what,
    why: "Okta's answer holds one without an id",
    ...(on !== undefined && { on }),
  });
}

/**
 * Parts items into those that can be used and those that cannot; `refusal` is said once for each of the latter, as
 * passed over: the others of its page are good.
 */
export function readable<T, R extends T = T>(
  items: readonly T[],
  isReadable: ((item: T) => item is R) | ((item: T) => boolean),
  refusal: Refusal,
): Readable<R> {
  const kept = items.filter(isReadable as (item: T) => item is R);
  const count = items.length - kept.length;
  return count === 0
    ? { items: kept }
    : { items: kept, refused: Array<Refusal>(count).fill({ ...refusal, passedOver: true }) };
}

/** What was refused, from several readings; nothing where there is nothing to say. */
export function allRefused(...pages: readonly { readonly refused?: readonly Refusal[] }[]): {
  readonly refused?: readonly Refusal[];
} {
  const refused = pages.flatMap((page) => page.refused ?? []);
  return refused.length === 0 ? {} : { refused };
}
