import type { Call } from "../../baton/connector.ts";
import { isObject } from "../../baton/model/values.ts";
import type { OktaGroup, OktaUser } from "../api/json/objects.ts";
import { type Learned, type Memo, remember } from "./memo.ts";
import type { OktaOptions, Reader } from "./options.ts";
import { readOne } from "./reading.ts";
import type { PrincipalFilter, Principals } from "./source.ts";

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
