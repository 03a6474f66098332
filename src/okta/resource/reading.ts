import type { Call, Cursor, Page, Refusal } from "../../baton/connector.ts";
import { isObject } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { ListOptions, ListPage } from "../api/client.ts";
import { attemptOf } from "../api/pages/pages.ts";
import { isOnEndpoint, nextCursors, pathAt, segment } from "../api/paths.ts";
import type { Reader } from "./options.ts";
import type { Source } from "./source.ts";

/**
 * One page of a list: the one that the cursor names, else that of `first`. Throws a {@link Failure} of kind
 * `failedPrecondition` where Okta says that the page after it is one that came before, which would never end, or one of another
 * list, and where it gives nothing but empty pages.
 */
export async function readPage<T>(
  source: Source,
  cursor: Cursor | undefined,
  first: string,
  call: Call,
  options: ListOptions<T> = {},
): Promise<ListPage<T>> {
  const path = sized(pathAt(cursor, first), first, call.pageSize);
  const page = await source.client.list<T>(path, call, options);
  if (page.next === path) throw astray(path, "the page that it is on");
  if (page.next !== undefined && !isOnEndpoint(page.next, first)) throw astray(path, "another list");
  const endless = source.chains.follow(path, page.next, page.items.length === 0);
  if (endless === "cycle") throw astray(path, "a page that came before");
  if (endless === "empty") throw astray(path, `yet another page after ${MAX_EMPTY_PAGES} empty ones in a row`);
  return page;
}

/** So many pages without an item in a row, each with a link to another, are no list any more. */
export const MAX_EMPTY_PAGES = 100;

function astray(path: string, where: string): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `Okta's link to the next page leads to ${where}; it was not followed`,
    attempted: attemptOf("GET", path),
    advice:
      "run the same command again; where that does not help, whatever stands between here and Okta may change links",
  });
}

/** The path with no more items on its page than are wanted, where the list's pages have a size at all. */
function sized(path: string, first: string, wanted: number | undefined): string {
  const most = Number(LIMIT.exec(first)?.[2] ?? 0);
  return wanted === undefined || most === 0 ? path : path.replace(LIMIT, `$1${Math.max(1, Math.min(wanted, most))}`);
}

const LIMIT = /([?&]limit=)(\d+)/;

/** Takes a list out of the field of a body that holds it. */
export function inField(name: string): (body: unknown) => unknown {
  return (body) => (isObject(body) ? body[name] : undefined);
}

/**
 * One object by its id, `undefined` where it is not there. Okta takes names in place of some ids (a login, `me`, a
 * label); what they lead to is not what was asked for.
 */
export async function readOne<T extends { readonly id?: unknown }>(
  source: { readonly client: Pick<Reader, "get"> },
  collection: string,
  id: string,
  call: Call,
  query = "",
): Promise<T | undefined> {
  try {
    const found = await source.client.get<T>(`${collection}/${segment(id)}${query}`, call);
    if (typeof found?.id !== "string" || found.id === "") throw withoutId(`${collection}/${id}`);
    return found.id === id ? found : undefined;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  }
}

/** The failure that says that what Okta answered for an object at `path` does not say which object it is. */
export function withoutId(path: string): Failure {
  return nameless(path, "an object without an id");
}

/**
 * The failure that says that Okta's answer at `path` holds something, as `a user without a login`, that does not say
 * which it is.
 */
export function nameless(path: string, what: string): Failure {
  return new Failure({
    kind: "unavailable",
    message: `Okta's answer is corrupt: it holds ${what}`,
    attempted: attemptOf("GET", path),
    answer: { status: 200 },
    advice: "try again; where that does not help, whatever stands between here and Okta may change answers",
  });
}

/**
 * Looks through a list that begins at `first` for one item; `undefined` where it is not there. Throws what
 * {@link readPage} throws, and a {@link Failure} of kind `unavailable` where it is not found and an item of the list does
 * not say which it is (`names`): that may be the one.
 */
export async function findInList<T>(
  source: Source,
  first: string,
  call: Call,
  { is, names, ...options }: ListOptions<T> & { is(item: T): boolean; names(item: T): boolean },
): Promise<T | undefined> {
  let nameable = true;
  for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
    const page: ListPage<T> = await readPage(source, cursor, first, call, options);
    const found = page.items.find((item) => is(item));
    if (found !== undefined) return found;
    nameable &&= page.items.every((item) => names(item));
    cursor = nextCursors(page.next)[0];
  }
  if (nameable) return undefined;
  throw nameless(first, "an item that does not say what it is");
}

/** Whether an item is an object with an id. */
export function hasId<T extends { readonly id?: unknown }>(item: T): item is T & { readonly id: string } {
  return isObject(item) && typeof item.id === "string" && item.id !== "";
}

/** Items that have an id, which is all but surely each of them; one without could be neither stored nor asked for. */
export function withIds<T extends { readonly id?: unknown }>(
  source: Source,
  items: readonly T[],
): readonly (T & { readonly id: string })[] {
  const kept = items.filter((item) => hasId(item));
  if (kept.length < items.length) {
    source.log.warn("Okta listed objects without an id; they are left out", { count: items.length - kept.length });
  }
  return kept;
}

/** The failure that says that Okta says of an object that it is not there, and then shows it. */
export function contradicted(cause: Failure, what: string): Failure {
  return new Failure({
    kind: "unavailable",
    message: `Okta answers that something of ${what} is not there, and shows ${what} all the same`,
    ...(cause.attempted !== undefined && { attempted: cause.attempted }),
    ...(cause.answer !== undefined && { answer: cause.answer }),
    advice: "try again; where it stays so, nothing is known of it",
    cause,
  });
}

/** What is said of an access that Okta refuses. */
export interface RefusalText {
  readonly what: string;
  /** What would help. */
  readonly why: string;
  readonly on?: string;
  /** See {@link Refusal}. */
  readonly passedOver?: boolean;
}

/**
 * Reads a page; where Okta refuses it the page is empty and says so, and the sync goes on. With `absentToo` a list that
 * is not there at all (the org does not have the feature) counts as refused.
 */
export async function pageOrRefusal<P extends Page<unknown>>(
  read: () => Promise<P>,
  text: RefusalText,
  absentToo = false,
): Promise<P | { readonly items: []; readonly next: []; readonly refused: readonly Refusal[] }> {
  try {
    return await read();
  } catch (error) {
    const absent = absentToo && (isFailure(error, "notFound") || isFailure(error, "unimplemented"));
    if (!isFailure(error) || (error.kind !== "permissionDenied" && !absent)) throw error;
    const requestId = error.answer?.requestId;
    const refusal = { ...text, why: `${error.message}; ${text.why}`, ...(requestId !== undefined && { requestId }) };
    return { items: [], next: [], refused: [refusal] };
  }
}
