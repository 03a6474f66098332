import type { Call, Listed, Page, ToRead } from "../../baton/connector.ts";
import type { Clock } from "../../runtime/clock.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaRoleAssignment } from "../api/json/objects.ts";
import type { ServiceAppsPage } from "../clients/service-app.ts";
import type { ListedRole } from "../roles/assignments.ts";
import type { Writer } from "./options.ts";
import type { Readable } from "./readable.ts";

/** How many objects of a sort are remembered at most. Beyond that Okta is asked again: slower, never wrong. */
const MAX_ENTRIES = 200_000;
/** Syncs that are remembered side by side; the one that was used longest ago gives way. */
const MAX_SYNCS = 8;
/** How long a sync may say nothing, in milliseconds. */
const MAX_IDLE_MS = 30 * 60_000;
/** How long anything is remembered of a sync at all, in milliseconds: other programs change Okta meanwhile. */
const MAX_AGE_MS = 6 * 3_600_000;

/** A page of the ids of those who hold roles. */
export type HoldersPage = ListPage<string> & Readable<string>;

/** What the list of groups says of a group's members. */
export interface GroupClock {
  /** When they last changed, in milliseconds since the Unix epoch, by Okta's clock. */
  readonly changedAt: number;
  readonly members: number;
  /** How many apps it has, where that is known. */
  readonly apps: number | undefined;
  /** Okta's time when it listed the group, in milliseconds since the Unix epoch. */
  readonly listedAt: number;
  /** An app brought it: its members may change by an import. */
  readonly imported: boolean;
}

/** Of which groups and apps who is in them may have changed; `undefined`: of any. */
export interface MembershipChanges {
  readonly groups: ReadonlySet<string> | undefined;
  readonly apps: ReadonlySet<string> | undefined;
}

/** What one sync has learned that its later calls would have to ask for again. */
export interface Learned {
  /** Whether a user is in, by id. */
  readonly users: Map<string, boolean>;
  /** Whether a group is in, by id. */
  readonly groups: Map<string, boolean>;
  /** What need not be read of a group, by id. */
  readonly nothingIn: Map<string, { readonly members: boolean; readonly roles: boolean }>;
  /** When the members of a group last changed, and how many it had, as the list showed it, by id. */
  readonly groupClocks: Map<string, GroupClock>;
  /** What of memberships may have changed since an earlier sync, by the place in the log that it ended at. */
  readonly since: Map<string, Promise<MembershipChanges>>;
  /** The place in the log that belongs to this sync, under one key. */
  readonly logPlace: Map<string, Promise<string | undefined>>;
  /** Pages of the list of those who hold roles, by path. */
  readonly holders: Map<string, Promise<HoldersPage>>;
  /** The role assignments of a user, group or OAuth app, by path. */
  readonly rolesOf: Map<string, Promise<readonly OktaRoleAssignment[]>>;
  /** Pages of the OAuth apps that act by themselves, by path. */
  readonly serviceApps: Map<string, Promise<ServiceAppsPage>>;
  /** Pages of the groups that may hold a role, by path. */
  readonly adminGroups: Map<string, Promise<Page<string>>>;
  /** The API scopes of an app, by id. */
  readonly scopesOf: Map<string, Promise<Page<string>>>;
  /** Who has been asked for factors, by id. */
  readonly factorsOf: Map<string, Promise<Page<Listed>>>;
  /** The ids of the groups of a user, by the user's id. */
  readonly groupsOf: Map<string, Promise<ReadonlySet<string>>>;
  /** What is to be read again after an import from an app, by the app's id. */
  readonly importedGroups: Map<string, Promise<readonly ToRead[]>>;
  /** The roles that the list of custom roles shows, under one key. */
  readonly listedRoles: Map<string, Promise<readonly ListedRole[]>>;
}

/** What one sync has learned, and when. */
interface Entry {
  readonly learned: Learned;
  readonly begunAt: number;
  usedAt: number;
}

/**
 * What is remembered between calls: for each sync its own, under its id only, and never beyond a write. Several syncs
 * may run at once. One that says nothing for a while, or goes on for very long, is forgotten: slower, never wrong.
 */
export class Memo {
  readonly #clock: Pick<Clock, "now">;
  /** By sync id, the one that was used last at the end. */
  readonly #syncs = new Map<string, Entry>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** What the sync of this call has learned; `undefined` where the call is part of none: then ask Okta. */
  of({ syncId }: Call): Learned | undefined {
    if (!syncId) return undefined;
    const now = this.#clock.now();
    const found = this.#syncs.get(syncId);
    const entry =
      found !== undefined && isFresh(found, now) ? found : { learned: nothing(), begunAt: now, usedAt: now };
    entry.usedAt = now;
    this.#syncs.delete(syncId);
    this.#syncs.set(syncId, entry);
    if (entry !== found) this.#bound(now);
    return entry.learned;
  }

  /** Forgets one sync: it has ended. */
  forget(syncId: string): void {
    this.#syncs.delete(syncId);
  }

  /** Forgets everything: something has been changed. */
  drop(): void {
    this.#syncs.clear();
  }

  #bound(now: number): void {
    for (const [syncId, entry] of this.#syncs) {
      if (this.#syncs.size > MAX_SYNCS || !isFresh(entry, now)) this.#syncs.delete(syncId);
    }
  }
}

function isFresh({ begunAt, usedAt }: Entry, now: number): boolean {
  return now - usedAt < MAX_IDLE_MS && now - begunAt < MAX_AGE_MS;
}

function nothing(): Learned {
  return {
    users: new Map(),
    groups: new Map(),
    nothingIn: new Map(),
    groupClocks: new Map(),
    since: new Map(),
    logPlace: new Map(),
    holders: new Map(),
    rolesOf: new Map(),
    serviceApps: new Map(),
    adminGroups: new Map(),
    scopesOf: new Map(),
    factorsOf: new Map(),
    groupsOf: new Map(),
    importedGroups: new Map(),
    listedRoles: new Map(),
  };
}

/** The client, but for this: whatever it sends, done or failed, makes the memo forget. */
export function invalidateOnWrite(client: Writer, memo: Memo): Writer {
  return {
    list: (path, call, options) => client.list(path, call, options),
    get: (path, call, options) => client.get(path, call, options),
    async send(method, path, call, options) {
      try {
        return await client.send(method, path, call, options);
      } finally {
        memo.drop();
      }
    },
  };
}

/** Remembers, unless too much is remembered already. */
export function remember<K, V>(map: Map<K, V> | undefined, key: K, value: V): void {
  if (map !== undefined && (map.size < MAX_ENTRIES || map.has(key))) map.set(key, value);
}

/**
 * Reads once for all who ask: whoever comes while it is read waits for the same answer. A failure is not kept, and who
 * waited for a call that its own caller gave up asks anew.
 */
export async function once<V>(
  map: Map<string, Promise<V>> | undefined,
  key: string,
  read: () => Promise<V>,
): Promise<V> {
  if (map === undefined) return read();
  const running = map.get(key);
  if (running !== undefined) {
    try {
      return await running;
    } catch (error) {
      if (!wasGivenUp(error)) throw error;
      return once(map, key, read);
    }
  }
  const mine = read();
  if (map.size >= MAX_ENTRIES) return mine;
  map.set(key, mine);
  try {
    return await mine;
  } catch (error) {
    if (map.get(key) === mine) map.delete(key);
    throw error;
  }
}

function wasGivenUp(error: unknown): boolean {
  return !isFailure(error) || error.kind === "cancelled" || error.kind === "deadlineExceeded";
}
