import { Failure } from "../../../runtime/failure.ts";
import { PageChains } from "../../../runtime/page-chains.ts";
import type { Refusal } from "../../connector.ts";

/** So many pages without an item in a row are no list any more; a filter may leave all of a page out. */
const MAX_EMPTY_PAGES = 5_000;

/** A page as far as its end counts. A page that was refused is not empty. */
interface Paged {
  readonly list: readonly unknown[];
  readonly nextPageToken: string;
  readonly refused?: readonly Refusal[];
}

/**
 * Makes what gives the token of the page after `page`, which came for `token`; `""` after the last. Throws a
 * {@link Failure} of kind `internal` where the list would never end.
 */
export function createFollow(): (list: readonly string[], token: string, page: Paged) => string {
  const chains = new PageChains(MAX_EMPTY_PAGES);
  return (list, token, page) => {
    const placeOf = (at: string) => JSON.stringify([...list, at]);
    const next = page.nextPageToken === "" ? undefined : placeOf(page.nextPageToken);
    const isEmpty = page.list.length === 0 && page.refused === undefined;
    const endless = chains.follow(placeOf(token), next, isEmpty);
    if (endless === undefined) return page.nextPageToken;
    const why =
      page.nextPageToken === token
        ? "a page with that page's own token"
        : endless === "cycle"
          ? "a page with the token of one that came before"
          : `${MAX_EMPTY_PAGES} empty pages in a row, and the token of yet another`;
    throw new Failure({ kind: "internal", message: `the service answered ${why}: the list would never end` });
  };
}
