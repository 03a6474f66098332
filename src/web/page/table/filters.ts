import { changeQuery } from "../route/navigation.ts";
import type { Query } from "../route/route.ts";

/** Filters a list anew, from its first page on. */
export function filterBy(changes: Query, options?: { readonly replace: boolean }): void {
  changeQuery({ ...changes, cursor: null, page: null }, options);
}
