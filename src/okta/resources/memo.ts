import type { Call } from "../../baton/connector.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaRoleAssignment } from "./okta-json.ts";
import type { Writer } from "./options.ts";
import type { Readable } from "./readable.ts";
import type { ListedRole } from "./role-assignments.ts";

/** How many objects of a sort are remembered at most. Beyond that Okta is asked again: slower, never wrong. */
const MOST = 200_000;

/** A page of the ids of those who hold roles. */
export type HoldersPage = ListPage<string> & Readable<string>;

/** What one sync has learned that its later calls would have to ask for again. */
export interface Learned {
  /** Whether a user is in, by id. */
  readonly users: Map<string, boolean>;
  /** Whether a group is in, by id. */
  readonly groups: Map<string, boolean>;
  /** What need not be read of a group, by id. */
  readonly nothingIn: Map<string, { readonly members: boolean; readonly roles: boolean }>;
  /** Pages of the list of those who hold roles, by path. */
  readonly holders: Map<string, Promise<HoldersPage>>;
  /** The roles of a user, by id. */
  readonly rolesOf: Map<string, Promise<readonly OktaRoleAssignment[]>>;
  /** The roles that the list of custom roles shows, under one key. */
  readonly listedRoles: Map<string, Promise<readonly ListedRole[]>>;
}

/**
 * What is remembered between calls, for one sync at a time: only under a sync's id, never beyond the next sync's first
 * call, and never beyond a write.
 */
export class Memo {
  #syncId: string | undefined;
  #learned: Learned | undefined;

  /** What the sync of this call has learned; `undefined` where the call is part of none: then ask Okta. */
  of(call: Call): Learned | undefined {
    if (!call.syncId) return undefined;
    if (this.#learned === undefined || this.#syncId !== call.syncId) {
      this.#syncId = call.syncId;
      this.#learned = {
        users: new Map(),
        groups: new Map(),
        nothingIn: new Map(),
        holders: new Map(),
        rolesOf: new Map(),
        listedRoles: new Map(),
      };
    }
    return this.#learned;
  }

  /** Forgets everything: something has been changed. */
  drop(): void {
    this.#learned = undefined;
  }
}

/** The client, but for this: whatever it sends, done or failed, makes the memo forget. */
export function forgetting(client: Writer, memo: Memo): Writer {
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
  if (map !== undefined && (map.size < MOST || map.has(key))) map.set(key, value);
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
