import type { ScimStore } from "../store/store.ts";
import { CHUNK } from "../store/store.ts";
import { DRIFT_SORTS, type DriftSort, type Finding } from "./sorts.ts";

/** A user as Okta has it. */
export interface OktaPerson {
  readonly id: string;
  readonly login: string;
  readonly state: "active" | "suspended" | "inactive";
}

/** What Okta says of people and groups, as a snapshot of its API shows it. */
export interface OktaSide {
  /** Everybody, by Okta's id. */
  readonly people: ReadonlyMap<string, OktaPerson>;
  /** A person by Okta's id, or else by the login. */
  person(id: string | null, login: string): OktaPerson | undefined;
  /** The ids of the groups that a pushed one may be: that of its id, or those of its name. */
  groups(id: string | null, name: string): readonly string[];
  /** The ids of the users in a group. */
  members(groupId: string): ReadonlySet<string>;
}

/** How what was pushed stands to what Okta says. */
export interface Drift {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<DriftSort, number>>;
  /** Users and groups that were compared. */
  readonly users: number;
  readonly groups: number;
  /** Users and groups that were pushed after the snapshot was begun: it says nothing of them. */
  readonly newer: number;
}

interface PushedUser {
  readonly key: string;
  readonly login: string;
  readonly active: boolean;
  readonly oktaId: string | undefined;
}

/**
 * Compares what was pushed with what Okta said from `since` on (milliseconds since the Unix epoch).
 * What was pushed later is left out: there the snapshot is the one that is behind.
 */
export async function compare(store: ScimStore, okta: OktaSide, since: number): Promise<Drift> {
  const findings: Finding[] = [];
  const pushed = new Map<string, PushedUser>();
  const seen = new Set<string>();
  let newer = 0;
  for await (const row of usersOf(store)) {
    const person = okta.person(row.external_id, row.user_name);
    const user = {
      key: person?.id ?? row.external_id ?? row.id,
      login: row.user_name,
      active: row.active === 1,
      oktaId: person?.id,
    };
    pushed.set(row.id, user);
    if (person !== undefined) seen.add(person.id);
    if (row.modified >= since) {
      newer++;
      continue;
    }
    const sort = sortOf(user.active, person?.state);
    if (sort !== undefined) findings.push({ sort, user: { id: user.key, login: user.login } });
  }
  for (const { id, login, state } of okta.people.values()) {
    if (state === "active" && !seen.has(id)) findings.push({ sort: "not-pushed", user: { id, login } });
  }
  const groups = await store.db.selectFrom("scim_group").selectAll().orderBy("id").execute();
  for (const row of groups) {
    if (row.modified >= since) {
      newer++;
      continue;
    }
    const members = await store.db
      .selectFrom("scim_member")
      .select("member_id")
      .where("group_id", "=", row.id)
      .orderBy("member_id")
      .execute();
    const found = okta.groups(row.external_id, row.display_name);
    findings.push(
      ...groupFindings(
        { id: found[0] ?? row.external_id ?? row.id, name: row.display_name },
        found,
        members.map(({ member_id }) => pushed.get(member_id)).filter((one) => one !== undefined),
        okta,
        pushed,
      ),
    );
  }
  const counts = Object.fromEntries(Object.keys(DRIFT_SORTS).map((sort) => [sort, 0])) as Record<DriftSort, number>;
  for (const { sort } of findings) counts[sort]++;
  return { findings, counts, users: pushed.size, groups: groups.length, newer };
}

function sortOf(active: boolean, state: "active" | "suspended" | "inactive" | undefined): DriftSort | undefined {
  // Whoever is deactivated here and gone from Okta is as it should be.
  if (state === undefined) return active ? "unknown-in-okta" : undefined;
  if (state === "inactive") return active ? "missed-deactivation" : undefined;
  if (state === "suspended") return active ? "suspended-in-okta" : undefined;
  return active ? undefined : "inactive-here";
}

function groupFindings(
  group: { readonly id: string; readonly name: string },
  found: readonly string[],
  members: readonly PushedUser[],
  okta: OktaSide,
  pushed: ReadonlyMap<string, PushedUser>,
): Finding[] {
  const [id, ...others] = found;
  if (id === undefined) return [{ sort: "group-unknown", group }];
  if (others.length > 0) return [{ sort: "group-ambiguous", group }];
  const there = okta.members(id);
  const here = new Set(members.map(({ oktaId }) => oktaId));
  const inOkta = (user: PushedUser) => user.oktaId !== undefined && there.has(user.oktaId);
  const named = (user: PushedUser) => ({ id: user.key, login: user.login });
  return [
    // Who is deactivated loses all groups in Okta and is reported as a person, not once more for each group.
    ...members
      .filter((user) => !inOkta(user) && isLive(user, okta))
      .map((user): Finding => ({ sort: "member-not-removed", user: named(user), group })),
    ...[...pushed.values()]
      .filter((user) => user.active && inOkta(user) && !here.has(user.oktaId))
      .map((user): Finding => ({ sort: "member-not-added", user: named(user), group })),
  ];
}

/** Whether somebody is in Okta and not deactivated there. */
function isLive({ oktaId }: PushedUser, okta: OktaSide): boolean {
  const state = oktaId === undefined ? undefined : okta.people.get(oktaId)?.state;
  return state === "active" || state === "suspended";
}

async function* usersOf({ db }: ScimStore) {
  for (let after = ""; ; ) {
    const rows = await db
      .selectFrom("scim_user")
      .select(["id", "external_id", "user_name", "active", "modified"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(CHUNK)
      .execute();
    yield* rows;
    if (rows.length < CHUNK) return;
    after = rows.at(-1)!.id;
  }
}
