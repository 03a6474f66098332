import { useRef } from "preact/hooks";
import type { Page } from "../../api/contract.ts";
import { apiAddress } from "../api/addresses.ts";
import { type Asked, useAnswer } from "../api/use-answer.ts";
import { changeQuery, useRoute } from "../route/navigation.ts";
import type { Query } from "../route/route.ts";

/** So many rows are shown at once. */
export const PAGE_ROWS = 25;

/** A list, page by page. The page stands in the address. */
export interface Pages<P> {
  readonly asked: Asked<P>;
  /** The page's number, from 1. */
  readonly number: number;
  /** `undefined`: there is none. */
  readonly next: (() => void) | undefined;
  readonly previous: (() => void) | undefined;
  /** The address of all rows as CSV, with the same filters. */
  readonly csv: string;
}

/** Reads the pages of a list; `query` is what it is filtered and sorted by. */
export function usePages<P extends Page<unknown>>(path: string, query: Query): Pages<P> {
  const { query: here } = useRoute();
  const list = apiAddress(path, query);
  const cursors = useRef({ list, known: new Map<number, string>() });
  if (cursors.current.list !== list) cursors.current = { list, known: new Map() };
  const { known } = cursors.current;
  const number = here.cursor === undefined ? 1 : Math.max(2, Number(here.page) || 2);
  const asked = useAnswer<P>(apiAddress(path, { ...query, cursor: here.cursor, limit: PAGE_ROWS }));
  const next = asked.state === "answered" ? asked.value?.next : undefined;
  const turnTo = (page: number, cursor: string | undefined) =>
    changeQuery({ cursor, page: cursor === undefined ? null : page });
  return {
    asked,
    number,
    next: next
      ? () => {
          known.set(number + 1, next);
          turnTo(number + 1, next);
        }
      : undefined,
    // Cursors lead on only: a page that was opened by its address leads back to the first.
    previous: number > 1 ? () => turnTo(number - 1, known.get(number - 1)) : undefined,
    csv: apiAddress(path, { ...query, format: "csv" }),
  };
}
