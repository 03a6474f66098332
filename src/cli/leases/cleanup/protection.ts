import type { Call } from "../../../baton/connector.ts";
import type { CleanupAccount } from "../../../baton/leases/cleanup-rules.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";

/** How long Okta keeps its log, in milliseconds. */
const LOG_KEPT_MS = 90 * 86_400_000;
/** Pages of the log that are read for one account: what it does not show on these is not known. */
const MAX_LOG_PAGES = 10;

const userPath = (id: string) => `/api/v1/users/${encodeURIComponent(id)}`;

/** Why an account must not be touched, as far as Okta says: it is an admin, or in a group that is left out. */
export async function protectedBecause(
  client: OktaClient,
  id: string,
  groups: readonly string[],
  call: Call,
): Promise<string | undefined> {
  const roles = await client.list<unknown>(`${userPath(id)}/roles`, call);
  if (roles.items.length > 0 || roles.next !== undefined) return "it is an admin";
  if (groups.length === 0) return undefined;
  for (let path: string | undefined = `${userPath(id)}/groups?limit=200`; path !== undefined; ) {
    const page: { items: readonly { id?: unknown }[]; next?: string } = await client.list<{ id?: unknown }>(path, call);
    const named = page.items.find((group) => groups.includes(String(group.id)));
    if (named !== undefined) return `it is in group ${named.id}`;
    path = page.next;
  }
  return undefined;
}

/**
 * Why an account counts as used all the same: the system log shows that it did something, as signing in by an app, which
 * the account's last sign-in does not tell. Source: Okta System Log API.
 */
export async function usedByLog(
  client: OktaClient,
  { id }: CleanupAccount,
  unusedMs: number,
  now: number,
  call: Call,
): Promise<string | undefined> {
  const query = new URLSearchParams({
    since: new Date(now - Math.min(unusedMs, LOG_KEPT_MS)).toISOString(),
    filter: `actor.id eq "${id}" and outcome.result eq "SUCCESS"`,
    sortOrder: "DESCENDING",
    limit: "1",
  });
  let path: string | undefined = `/api/v1/logs?${query}`;
  try {
    for (let pages = 0; path !== undefined; pages++) {
      if (pages === MAX_LOG_PAGES) return "whether the system log shows it in use is not known";
      const page: { items: readonly LogEntry[]; next?: string } = await client.list<LogEntry>(path, call);
      const entry = page.items[0];
      if (entry !== undefined) return `the system log shows it in use: ${entry.eventType} at ${entry.published}`;
      path = page.next;
    }
  } catch (error) {
    if (!isFailure(error, "permissionDenied")) throw error;
    return "whether it is in use is not known: the system log cannot be read (needs okta.logs.read, or --skip-log)";
  }
  return undefined;
}

interface LogEntry {
  readonly eventType?: unknown;
  readonly published?: unknown;
}

/** Sees that the groups that are left out are there: a wrong id would leave out nobody. Throws a `Failure` of kind `usage`. */
export async function mustBeGroups(client: OktaClient, ids: readonly string[], call: Call): Promise<void> {
  for (const id of ids) {
    try {
      const group = await client.get<{ id?: unknown }>(`/api/v1/groups/${encodeURIComponent(id)}`, call);
      if (group.id === id) continue;
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
    }
    throw new Failure({
      kind: "usage",
      message: `there is no group ${JSON.stringify(id)}, which --exclude-group names`,
      advice: "give the group's id, as 00g1abcd: nobody would be left out by a wrong one",
    });
  }
}

/** Whose API token this is. Throws where Okta does not say: that account must not be touched. */
export async function tokenOwner(client: OktaClient, call: Call): Promise<string> {
  const { id } = await client.get<{ id?: unknown }>("/api/v1/users/me", call);
  if (typeof id === "string" && id !== "") return id;
  throw new Failure({ kind: "unavailable", message: "Okta does not say whose API token this is" });
}
