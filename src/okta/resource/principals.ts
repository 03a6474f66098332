import type { Call } from "../../baton/connector.ts";
import type { OktaGroup, OktaUser } from "../api/json/objects.ts";
import { isObject } from "../api/json/values.ts";
import { type Learned, type Memo, remember } from "./memo.ts";
import type { OktaOptions, Reader } from "./options.ts";
import { readOne } from "./reading.ts";

/** Tells which users and groups of an answer are in. */
export interface PrincipalFilter {
  /** Whether a user is in, by its own profile. */
  takesUser(user: OktaUser): boolean;
  /** Whether a group is in, by its type. */
  takesGroup(group: OktaGroup): boolean;
}

/** Which users and groups are in. */
export interface Principals {
  /** Whether users are filtered at all. */
  readonly usersFiltered: boolean;
  /**
   * The filter for what a request shows, to be made before the request is sent: it remembers for the sync what it finds,
   * and what was changed meanwhile makes the sync forget that too.
   */
  filter(call: Call): PrincipalFilter;
  /** Those of the users, known by nothing but their ids, that are in. Asks Okta for what the sync does not know. */
  users(ids: readonly string[], call: Call): Promise<readonly string[]>;
  /** Those of the groups, known by nothing but their ids, that are in. */
  groups(ids: readonly string[], call: Call): Promise<readonly string[]>;
}

/** Makes the filter that the options ask for. */
export function createPrincipals(client: Reader, options: OktaOptions, memo: Memo): Principals {
  const endings = options.filterEmailDomains
    .map((domain) => domain.trim().toLowerCase().replace(/^@/, ""))
    .filter((domain) => domain !== "")
    .map((domain) => `@${domain}`);
  const usersFiltered = endings.length > 0;

  function filter(call: Call): PrincipalFilter {
    // Notes what it finds only where somebody will ask: a sync that drops unlisted principals itself does not.
    const learned = call.dropsUnlisted ? undefined : memo.of(call);
    const noted = (kind: "users" | "groups", id: unknown, isIn: boolean): boolean => {
      if (typeof id === "string") remember(learned?.[kind], id, isIn);
      return isIn;
    };
    return {
      takesUser: (user) => !usersFiltered || noted("users", user.id, hasAddressIn(user.profile, endings)),
      takesGroup: (group) => !options.skipAppGroups || noted("groups", group.id, group.type !== "APP_GROUP"),
    };
  }

  /** A principal that is gone is not in. */
  async function ask<T extends { readonly id?: unknown }>(
    collection: string,
    id: string,
    call: Call,
    takes: (found: T) => boolean,
  ): Promise<boolean> {
    const found = await readOne<T>({ client }, collection, id, call);
    return found !== undefined && takes(found);
  }

  async function among(
    ids: readonly string[],
    known: Learned["users"] | undefined,
    find: (id: string) => Promise<boolean>,
  ): Promise<readonly string[]> {
    const isIn = await Promise.all(ids.map((id) => known?.get(id) ?? find(id)));
    return ids.filter((_, at) => isIn[at]);
  }

  return {
    usersFiltered,
    filter,
    async users(ids, call) {
      if (!usersFiltered || call.dropsUnlisted) return ids;
      const find = async (id: string) => ask<OktaUser>("/api/v1/users", id, call, filter(call).takesUser);
      return among(ids, memo.of(call)?.users, find);
    },
    async groups(ids, call) {
      if (!options.skipAppGroups || call.dropsUnlisted) return ids;
      const find = async (id: string) => ask<OktaGroup>("/api/v1/groups", id, call, filter(call).takesGroup);
      return among(ids, memo.of(call)?.groups, find);
    },
  };
}

function hasAddressIn(profile: unknown, endings: readonly string[]): boolean {
  if (!isObject(profile)) return false;
  return [profile.email, profile.secondEmail, profile.login].some((address) => {
    const lower = typeof address === "string" ? address.toLowerCase() : "";
    return endings.some((ending) => lower.endsWith(ending));
  });
}
