import { createHash } from "node:crypto";
import type { Call, Revalidation, SourceCache } from "../../baton/connector.ts";
import { once } from "../resource/memo.ts";
import type { Source } from "../resource/source.ts";
import { openLog } from "./log.ts";
import { MEMBERSHIP_FILTER, packPlace, pathSince, unpackPlace } from "./log-place.ts";
import { changedSince } from "./memberships.ts";

/** Goes up whenever scopes, validators or the rows of a scope are made in another way. */
const GENERATION = 1;

/**
 * How long the members of a group must have rested when it was listed, in milliseconds, for its clock to prove anything: a
 * second change in the same second does not move it, and what Okta shows may lag behind.
 */
const REST_MS = 10 * 60_000;

/** The key of the one place in the log that a sync has. */
const PLACE = "place";

/** The proofs that memberships are unchanged since an earlier sync. */
export interface Revalidations {
  readonly groups: Pick<Revalidation, "isProvable" | "validator" | "isUnchanged">;
  readonly apps: Pick<Revalidation, "isProvable" | "validator" | "isUnchanged">;
}

/**
 * Under what a client may keep what it was shown. A filter of users by their addresses decides by what a user is called,
 * which moves no clock of a group or app: then nothing is kept.
 */
export function sourceCacheOf({ origin, options, principals }: Source, identity: string): SourceCache | undefined {
  if (principals.usersFiltered) return undefined;
  const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("base64url");
  const { route: _, ...settings } = options;
  return {
    generation: `okta-${GENERATION}-${digest(MEMBERSHIP_FILTER).slice(0, 8)}`,
    fingerprint: digest([origin.url, Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)), identity]),
  };
}

/**
 * Groups are proved by what their list says at no extra call: when members last changed, and how many there are; those that an
 * app brought by the log as well, since an import may tell of itself only. Apps say nothing of their users: the log does, and
 * the clocks of the groups that give them.
 */
export function createRevalidations(source: Source): Revalidations {
  const learnedIn = (call: Call) => (call.dropsUnlisted ? undefined : source.memo.of(call));

  /** The place in the log that belongs to this sync, from before anything of it is read. */
  function placeOf(call: Call): Promise<string | undefined> {
    const learned = learnedIn(call);
    if (learned === undefined) return Promise.resolve(undefined);
    return once(learned.logPlace, PLACE, async () => {
      const { cursor, at } = await openLog(source, call);
      if (typeof cursor.since !== "string" || at === undefined) return undefined;
      return packPlace({ path: pathSince(cursor.since), at });
    });
  }

  /** What may have changed since an earlier sync's place; read once in a sync, which goes on from where that ended. */
  async function changes(place: string, call: Call) {
    const learned = learnedIn(call);
    const from = unpackPlace(place);
    if (learned === undefined || from === undefined || learned.groupClocks.size === 0) return undefined;
    return once(learned.since, place, async () => {
      const { changes: found, end } = await changedSince(source, from, learned.groupClocks, call);
      if (end !== undefined && !learned.logPlace.has(PLACE)) {
        learned.logPlace.set(PLACE, Promise.resolve(packPlace(end)));
      }
      return found;
    });
  }

  function clockOf(id: string, call: Call) {
    const clock = learnedIn(call)?.groupClocks.get(id);
    return clock !== undefined && clock.listedAt - clock.changedAt >= REST_MS ? clock : undefined;
  }

  const hasClocks = (call: Call) => (learnedIn(call)?.groupClocks.size ?? 0) > 0;

  return {
    groups: {
      isProvable: (id, call) => clockOf(id, call) !== undefined,
      async validator(id, call) {
        const clock = clockOf(id, call);
        if (clock === undefined) return undefined;
        // Not worth a call of its own: the place is there once an app was asked for.
        const place = clock.imported ? await learnedIn(call)?.logPlace.get(PLACE) : "";
        return place === undefined ? undefined : `${clock.changedAt}.${clock.members}.${place}`;
      },
      async isUnchanged(id, validator, call) {
        const clock = clockOf(id, call);
        const [changedAt, members, place = ""] = validator.split(".");
        if (clock === undefined || changedAt !== `${clock.changedAt}` || members !== `${clock.members}`) return false;
        if (!clock.imported) return true;
        const groups = (await changes(place, call))?.groups;
        return groups !== undefined && !groups.has(id);
      },
    },
    apps: {
      isProvable: (_, call) => hasClocks(call),
      validator: async (_, call) => (hasClocks(call) ? placeOf(call) : undefined),
      async isUnchanged(id, validator, call) {
        const apps = (await changes(validator, call))?.apps;
        return apps !== undefined && !apps.has(id);
      },
    },
  };
}
