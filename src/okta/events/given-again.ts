import type { Call } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import type { ListPage } from "../api/client.ts";
import { isOnEndpoint } from "../api/paths.ts";
import type { Reader } from "../resource/options.ts";
import type { LogEntry } from "./log-entry.ts";

/** What is given to whom. */
interface Access {
  readonly resource: { readonly type: string; readonly id: string };
  readonly principal: { readonly type: string; readonly id: string };
}

/** Who gave something, and when, in RFC 3339; that nobody did; or why that is not known. */
type Answer = { readonly by: string; readonly at: string } | "nobody" | { readonly notTold: string };

/** Requests of ours: their ids, and when there may have been one more each, whose id is not known. */
interface Ours {
  readonly requests: ReadonlySet<string>;
  readonly unheard: readonly { readonly from: number; readonly to: number }[];
}

/** How the log calls what was given and taken away. Source: Okta's event types catalogue. */
const EVENTS: Readonly<Record<string, { readonly add: string; readonly remove: string }>> = {
  "group user": { add: "group.user_membership.add", remove: "group.user_membership.remove" },
  "app user": { add: "application.user_membership.add", remove: "application.user_membership.remove" },
  "app group": { add: "group.application_assignment.add", remove: "group.application_assignment.remove" },
};

/** Okta keeps its log for 90 days, and refuses questions about much earlier times. */
const MAX_BACK_MS = 89 * 86_400_000;

const PAGE_SIZE = 1000;
const MAX_PAGES = 10;

/**
 * Who gave an access again after it had been taken away, by Okta's system log: the last addition after a removal, unless
 * it was one of our requests, whose ids are those of Okta's transactions, or may have been one. `since` and `now` are milliseconds since the Unix
 * epoch. Admin roles and bindings are not told one by one in the log. Throws a `Failure`: of kind `permissionDenied` where
 * the log may not be read.
 */
export async function givenAgain(
  { list }: Pick<Reader, "list">,
  { resource, principal }: Access,
  ours: Ours & { readonly since: number; readonly now: number },
  call: Call,
): Promise<Answer> {
  const events = EVENTS[`${resource.type} ${principal.type}`];
  if (events === undefined) return { notTold: "Okta's log does not tell admin roles and bindings one by one" };
  const since = new Date(Math.max(ours.since, ours.now - MAX_BACK_MS)).toISOString();
  const filter = `(eventType eq "${events.add}" or eventType eq "${events.remove}") and target.id eq "${principal.id}"`;
  const query = { since, sortOrder: "DESCENDING", limit: String(PAGE_SIZE), filter };
  const entries: LogEntry[] = [];
  let path: string | undefined = `${LOGS}?${new URLSearchParams(query)}`;
  for (let pages = 0; path !== undefined; pages++) {
    if (pages === MAX_PAGES) return { notTold: "Okta's log has too much about it" };
    const page: ListPage<LogEntry> = await list<LogEntry>(path, call);
    entries.push(...page.items.filter((entry) => isObject(entry) && isAbout(entry, [resource.id, principal.id])));
    path = page.items.length > 0 && page.next !== undefined && isOnEndpoint(page.next, LOGS) ? page.next : undefined;
  }
  return lastGiven(entries.reverse(), events.add, ours);
}

const LOGS = "/api/v1/logs";

/** `entries` from the oldest on: additions and removals of one access. */
function lastGiven(entries: readonly LogEntry[], add: string, { requests, unheard }: Ours): Answer {
  let wasRemoved = false;
  const left = new Set(unheard);
  let again: Answer = "nobody";
  for (const entry of entries) {
    const isAddition = entry.eventType === add;
    const isKnown = requests.has(text(entry.transaction?.id));
    const at = Date.parse(text(entry.published));
    const span = isKnown ? undefined : [...left].find(({ from, to }) => from <= at && at <= to);
    const isOurs = isAddition && (isKnown || span !== undefined);
    if (isOurs && span !== undefined) left.delete(span);
    if (isAddition && wasRemoved && !isOurs) again = { by: nameOf(entry), at: text(entry.published) };
    else if (!isAddition || isOurs) again = "nobody";
    if (!isAddition) wasRemoved = true;
    else if (isOurs) wasRemoved = false;
  }
  return again;
}

function isAbout({ target }: LogEntry, ids: readonly string[]): boolean {
  return Array.isArray(target) && ids.every((id) => target.some((one) => isObject(one) && one.id === id));
}

function nameOf({ actor }: LogEntry): string {
  return text(actor?.displayName) || text(actor?.alternateId) || text(actor?.id) || "somebody";
}
