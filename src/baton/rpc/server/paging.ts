import { hash } from "node:crypto";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Call, Cursor, Page, Refusal } from "../../connector.ts";
import { RefusedPage } from "../refused-page.ts";
import type { PageTokenPlace, PageTokens } from "./page-token.ts";

/** A part of a list: its pages are read one after the other, then those of the next part. */
export interface Section<T> {
  read(cursor: Cursor | undefined, call: Call): Promise<Page<T>>;
  /** What an item is known by. */
  key(item: T): string;
  /** About how many bytes an item has on the wire. */
  bytes(item: T): number;
  /** Its pages hold next to nothing and the same items again and again: they are read side by side, each item served once. */
  readonly sparse?: boolean;
  /** So many of its pages are read side by side; one where it is not sparse. */
  readonly width?: number;
}

/** A part of the list whose rows a client may keep, and what they are held against later. */
export interface PageScope {
  /** Names the scope. */
  readonly key: string;
  /** Whether the page at a cursor belongs to it. */
  has(cursor: Cursor | null): boolean;
}

/** Which page is asked for. */
export interface PageRequest {
  /** What the token is bound to. */
  readonly binding: readonly string[];
  readonly pageSize: number;
  readonly pageToken: string;
  /** Where the list begins, where that is not the start of its first part. */
  readonly start?: PageTokenPlace | undefined;
  readonly scope?: PageScope | undefined;
}

/** A page as it is served. */
export interface ServedPage<T> {
  readonly list: T[];
  readonly nextPageToken: string;
  /** What was refused and is served as nothing, with a mark on the answer. */
  readonly passedOver: readonly Refusal[];
  /** The scope that its rows belong to; `validator`: on the scope's last page. */
  readonly record?: { readonly scopeKey: string; readonly cacheValidator: string };
}

/** Items on a page where the client leaves it to the server. */
const USUAL_ITEMS = 1_000;
/** Bytes of a page's items: clients take 4 MiB in a message by default, the Baton SDK's among them. */
const MAX_PAGE_BYTES = 3 << 20;
/** Pages that hold next to nothing are read so many side by side. */
export const SPARSE_WIDTH = 16;

/**
 * Serves one page: the first cursor's, and a token for whatever is left. A page of the connector's that is larger than
 * what was asked for is read again for its second half, as nothing is kept between calls.
 */
export async function servePage<T>(
  sections: readonly Section<T>[],
  tokens: PageTokens,
  { binding, pageSize, pageToken, start = { section: 0, cursors: [null] }, scope }: PageRequest,
  call: Call,
): Promise<ServedPage<T>> {
  const place: PageTokenPlace = pageToken === "" ? start : tokens.open(binding, pageToken);
  const section = sections[place.section];
  if (section === undefined) return { list: [], nextPageToken: "", passedOver: [] };
  const { sparse = false, width = sparse ? SPARSE_WIDTH : 1 } = section;
  const taken = place.cursors.slice(0, width);
  const rest = place.cursors.slice(taken.length);
  const sized = pageSize > 0 ? { ...call, pageSize } : call;
  const pages = await Promise.all(taken.map((cursor) => read(section, cursor ?? undefined, sized, pageToken !== "")));
  const all = pages.flatMap((page) => page.items);
  const items = sparse ? unseen(section, all, place.seen ?? []) : all;
  const from = begin(section, items, place);
  const to = end(section, items, from, pageSize || USUAL_ITEMS);
  const left = { section: place.section, cursors: [...pages.flatMap((page) => page.next), ...rest] };
  const seen = sparse ? [...(place.seen ?? []), ...items.slice(from, to).map((item) => anchorOf(section, item))] : [];
  let next: PageTokenPlace = left;
  if (to < items.length) {
    next = { ...place, ...(sparse ? { seen } : { skip: to, anchor: anchorOf(section, items[to - 1]!) }) };
  } else if (seen.length > 0) {
    next = { ...left, seen };
  }
  const refused = pages.flatMap((page) => page.refused ?? []);
  const record = recordOf(place, next, refused, scope);
  const { validator: _, ...unproved } = next;
  next = record?.cacheValidator === "" ? { ...unproved, validator: place.validator! } : unproved;
  const token = isEnd(next, sections) ? "" : tokens.seal(binding, forward(next));
  refuse(
    refused.filter(({ passedOver }) => !passedOver),
    token,
  );
  return {
    list: items.slice(from, to),
    nextPageToken: token,
    passedOver: refused,
    ...(record !== undefined && { record }),
  };
}

/** What is said of a page of a scope. Where something of it could not be shown, the scope is not to be kept. */
function recordOf(
  place: PageTokenPlace,
  next: PageTokenPlace,
  refused: readonly Refusal[],
  scope: PageScope | undefined,
): ServedPage<unknown>["record"] {
  const [cursor] = place.cursors;
  if (scope === undefined || place.validator === undefined || cursor === undefined) return undefined;
  if (!scope.has(cursor) || refused.length > 0) return undefined;
  const goesOn = next.section === place.section && next.cursors.some((one) => scope.has(one));
  return { scopeKey: scope.key, cacheValidator: goesOn ? "" : place.validator };
}

/** A cursor that the other side refuses came with a token: it is the token that is stale. */
async function read<T>(section: Section<T>, cursor: Cursor | undefined, call: Call, token: boolean): Promise<Page<T>> {
  try {
    return await section.read(cursor, call);
  } catch (error) {
    if (!token || !isFailure(error, "badCursor")) throw error;
    throw new Failure({
      kind: "invalidArgument",
      message: "page_token points at a place that is no longer there",
      advice: "start the list again without one",
      field: "page_token",
      cause: error,
    });
  }
}

function isEnd(next: PageTokenPlace, sections: readonly unknown[]): boolean {
  return next.cursors.length === 0 && next.section + 1 >= sections.length;
}

function unseen<T>(section: Section<T>, items: readonly T[], seen: readonly string[]): T[] {
  const known = new Set(seen);
  return items.filter((item) => {
    const anchor = anchorOf(section, item);
    return !known.has(anchor) && known.add(anchor);
  });
}

function forward(next: PageTokenPlace): PageTokenPlace {
  return next.cursors.length === 0 ? { section: next.section + 1, cursors: [null] } : next;
}

/**
 * Where the part of a page begins that was not served yet: after the last item that was. Where it stood elsewhere or is
 * gone the page has changed meanwhile, and rather something is served twice than not at all.
 */
function begin<T>(section: Section<T>, items: readonly T[], { skip, anchor }: PageTokenPlace): number {
  if (skip === undefined) return 0;
  const stood = items[skip - 1];
  if (stood !== undefined && anchorOf(section, stood) === anchor) return skip;
  return items.findLastIndex((item) => anchorOf(section, item) === anchor) + 1;
}

function end<T>(section: Section<T>, items: readonly T[], from: number, most: number): number {
  let bytes = 0;
  let to = from;
  while (to < items.length && to - from < most) {
    bytes += section.bytes(items[to]!);
    if (bytes > MAX_PAGE_BYTES && to > from) break;
    to++;
  }
  return to;
}

function anchorOf<T>(section: Section<T>, item: T): string {
  return hash("sha256", section.key(item), "base64url").slice(0, 12);
}

/**
 * What was refused fails the call, since a client must not take "not readable" for "nobody". It is reported where the list
 * goes on, for one that wants to go on without it.
 */
function refuse(refused: readonly Refusal[], nextPageToken: string): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new RefusedPage(first, nextPageToken);
}
