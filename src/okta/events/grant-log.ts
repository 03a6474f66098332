import type { Call } from "../../baton/connector.ts";
import { entitlementId, type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import { isOnEndpoint } from "../api/paths.ts";
import type { Reader } from "../resource/options.ts";
import { appType, bindingType, customRoleType, groupType, userType } from "../resource/types.ts";
import type { LogEntry, LogParty } from "./log-entry.ts";
import { HeldRoles, isPrivilegeEvent, PRIVILEGE_EVENTS } from "./privileges.ts";

const LOGS = "/api/v1/logs";

/** How far back the log goes, in milliseconds. Source: Okta Management API, System Log: 90 days are kept. */
const KEPT_MS = 90 * 86_400_000;

/** Entries may be stored in another order than they happened, and later: so far apart, in milliseconds, they are not. */
const DISORDER_MS = 60 * 60_000;

/** When, and by whom, access was granted: RFC 3339, and a login or a name with its kind. */
export interface GrantedBy {
  readonly at: string;
  readonly by: string;
}

/** What the log says of grants. */
export interface GrantLog {
  /** The time that the log was read from, RFC 3339: what was granted before is not known. */
  readonly from: string;
  /** Of a grant; `undefined` where the log does not tell. */
  of(entitlement: string, principal: ResourceKey): GrantedBy | undefined;
}

/** What is read. */
export interface GrantLogQuery {
  /** When the grants were seen, in milliseconds since the Unix epoch: what happened later says nothing of them. */
  readonly until: number;
  /** Now, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Whether an entitlement's grants are wanted. */
  wants(entitlement: string): boolean;
}

/** What an entry says of a grant: that it was made, or that it ended. */
type Reading = (entry: LogEntry) => readonly { entitlement: string; principal: ResourceKey }[];

const [USER, GROUP, APP] = ["User", "UserGroup", "AppInstance"];

/** Who of an entry's targets can hold something. */
function holdersIn(entry: LogEntry): ResourceKey[] {
  return [
    ...idsOf(entry, USER).map((id) => ({ type: userType.id, id })),
    ...idsOf(entry, GROUP).map((id) => ({ type: groupType.id, id })),
  ];
}

const membership: Reading = (entry) =>
  each(idsOf(entry, GROUP), idsOf(entry, USER), (group, user) => ({
    entitlement: entitlementId(groupType.id, group, "member"),
    principal: { type: userType.id, id: user },
  }));
const appAccess =
  (target: string | undefined, type: string): Reading =>
  (entry) =>
    each(idsOf(entry, APP), idsOf(entry, target), (app, id) => ({
      entitlement: entitlementId(appType.id, app, "access"),
      principal: { type, id },
    }));
const bindings: Reading = (entry) =>
  each(idsOf(entry, "RESOURCE_SET"), idsOf(entry, "CUSTOM_ROLE"), (set, role) =>
    holdersIn(entry).flatMap((principal) => [
      { entitlement: entitlementId(bindingType.id, `${set}:${role}`, "member"), principal },
      { entitlement: entitlementId(customRoleType.id, role, "assigned"), principal },
    ]),
  ).flat();

/** The events that say of one grant that it was made (`true`) or ended. Source: Okta's event types catalogue. */
const READINGS: ReadonlyMap<string, readonly [isGiven: boolean, read: Reading]> = new Map([
  ["group.user_membership.add", [true, membership]],
  ["group.user_membership.remove", [false, membership]],
  ["application.user_membership.add", [true, appAccess(USER, userType.id)]],
  ["application.user_membership.restore", [true, appAccess(USER, userType.id)]],
  ["application.user_membership.remove", [false, appAccess(USER, userType.id)]],
  ["application.user_membership.revoke", [false, appAccess(USER, userType.id)]],
  ["group.application_assignment.add", [true, appAccess(GROUP, groupType.id)]],
  ["group.application_assignment.remove", [false, appAccess(GROUP, groupType.id)]],
  ["iam.resourceset.bindings.add", [true, bindings]],
  ["iam.resourceset.bindings.delete", [false, bindings]],
]);

const FILTER = [...READINGS.keys(), ...PRIVILEGE_EVENTS].map((type) => `eventType eq "${type}"`).join(" or ");

/** What was last said of a grant. `by`: absent where it was that it ended. */
interface Said {
  readonly at: number;
  readonly by?: string;
}

/**
 * Reads from Okta's system log when grants were made and by whom: as far back as it is kept, in the polling way, which
 * alone shows every entry. Throws a {@link Failure}: `permissionDenied` where the log may not be read.
 */
export async function readGrantLog(client: Pick<Reader, "list">, query: GrantLogQuery, call: Call): Promise<GrantLog> {
  const { until, now, wants } = query;
  const from = new Date(now - KEPT_MS);
  const said = new Map<string, Said>();
  const roles = new HeldRoles();
  const take = (entry: LogEntry) => {
    const at = Date.parse(text(entry.published));
    if (Number.isNaN(at) || at > until || failed(entry)) return;
    if (isPrivilegeEvent(entry)) roles.take(entry, at, byOf(entry));
    const [isGiven, read] = READINGS.get(text(entry.eventType)) ?? [];
    for (const { entitlement, principal } of read?.(entry) ?? []) {
      const key = keyOf(entitlement, principal);
      if (!wants(entitlement) || (said.get(key)?.at ?? 0) > at) continue;
      said.set(key, isGiven ? { at, by: byOf(entry) } : { at });
    }
  };
  if (until > from.getTime()) {
    for await (const entry of entriesFrom(client, from, until + DISORDER_MS, call)) take(entry);
  }
  for (const { entitlement, principal, at, by } of roles.given()) {
    if (wants(entitlement)) said.set(keyOf(entitlement, principal), { at, by });
  }
  return {
    from: from.toISOString(),
    of(entitlement, principal) {
      const last = said.get(keyOf(entitlement, principal));
      return last?.by === undefined ? undefined : { at: new Date(last.at).toISOString(), by: last.by };
    },
  };
}

/** The log's entries from a time on, until all of a page are from after `end` (milliseconds since the Unix epoch). */
async function* entriesFrom(
  client: Pick<Reader, "list">,
  from: Date,
  end: number,
  call: Call,
): AsyncGenerator<LogEntry> {
  const seen = new Set<string>();
  let path: string | undefined =
    `${LOGS}?since=${encodeURIComponent(from.toISOString())}&sortOrder=ASCENDING&limit=1000&filter=${encodeURIComponent(FILTER)}`;
  while (path !== undefined && !seen.has(path)) {
    seen.add(path);
    let page: ListPage<LogEntry>;
    try {
      page = await client.list<LogEntry>(path, call);
    } catch (error) {
      throw isFailure(error, "permissionDenied") ? mayNotRead(error) : error;
    }
    const entries = page.items.filter(isObject) as LogEntry[];
    yield* entries;
    // Every page names a next one, as more may happen: an empty one is the end for now.
    if (entries.length === 0 || entries.every(({ published }) => Date.parse(text(published)) > end)) return;
    path = page.next !== undefined && isOnEndpoint(page.next, LOGS) ? page.next : undefined;
  }
}

function failed({ outcome }: LogEntry): boolean {
  return isObject(outcome) && text(outcome.result) !== "" && text(outcome.result) !== "SUCCESS";
}

function each<T>(all: readonly string[], others: readonly string[], make: (one: string, other: string) => T): T[] {
  return all.flatMap((one) => others.map((other) => make(one, other)));
}

function idsOf({ target }: LogEntry, type: string | undefined): string[] {
  const parties = Array.isArray(target) ? (target as readonly (LogParty | null)[]) : [];
  const ids = parties.flatMap((one) => (isObject(one) && one.type === type ? [text(one.id)] : []));
  return [...new Set(ids.filter((id) => id !== ""))];
}

/** Who acted: a login where it is a person, else a name with what it is. */
function byOf({ actor }: LogEntry): string {
  if (!isObject(actor)) return "not said";
  const [login, name, type] = [text(actor.alternateId), text(actor.displayName), text(actor.type)];
  if (type === USER) return login || name || text(actor.id) || "not said";
  return `${name || login || text(actor.id) || "not said"} (${type || "of no kind"})`;
}

function keyOf(entitlement: string, { type, id }: ResourceKey): string {
  return `${entitlement} ${resourceKey(type, id)}`;
}

function mayNotRead(error: Failure): Failure {
  return new Failure({
    kind: error.kind,
    message: `the system log could not be read: ${error.message}`,
    advice:
      "it takes the scope okta.logs.read and an admin role that may see the log, as Read-only Administrator; or leave --granted-from-log out",
    cause: error,
  });
}
