import type { ResourceKey } from "../../baton/model/ids.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { segment } from "../../okta/api/paths.ts";
import type { Item } from "../../review/population/item.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";

/** Where the things are that a review can be known by. Source: Okta Management API. */
const PATHS: Readonly<Record<string, string>> = {
  user: "/api/v1/users/",
  group: "/api/v1/groups/",
  app: "/api/v1/apps/",
};

/** So many are looked for: some may have been deleted since the snapshot. */
const MAX_LOOKED_FOR = 10;

/**
 * Sees that an Okta is the one that a review is of, by people, groups and apps of its items. Otherwise all of them would
 * be proved to be gone. Throws a {@link Failure} of kind `failedPrecondition` where it knows none of them.
 */
export async function requireSameOrg(
  client: Pick<OktaClient, "get">,
  items: Iterable<Item>,
  signal: AbortSignal,
): Promise<void> {
  const looked = new Set<string>();
  for (const { principal, resource } of items) {
    for (const key of [principal, resource]) {
      const path = pathOf(key);
      if (path === undefined || looked.has(path) || looked.size >= MAX_LOOKED_FOR) continue;
      looked.add(path);
      if (await isKnown(client, path, signal)) return;
    }
    if (looked.size >= MAX_LOOKED_FOR) break;
  }
  if (looked.size === 0) return;
  throw new Failure({
    kind: "failedPrecondition",
    message: `this Okta knows none of ${looked.size} people and resources of this review: it is another org's`,
    advice: "check --domain: nothing was changed, and nothing is taken for gone",
  });
}

/** Where it may not be looked at, it may well be there. */
async function isKnown(client: Pick<OktaClient, "get">, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.get(path, { signal });
    return true;
  } catch (error) {
    if (isFailure(error, "notFound")) return false;
    if (isFailure(error, "permissionDenied")) return true;
    throw error;
  }
}

function pathOf({ type, id }: ResourceKey): string | undefined {
  return Object.hasOwn(PATHS, type) ? `${PATHS[type]}${segment(id)}` : undefined;
}

/** The id of the user with whose rights an API token acts; `undefined` where Okta does not say, as with OAuth apps. */
export async function ownUser(client: Pick<OktaClient, "get">, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await client.get<{ id?: string } | null>("/api/v1/users/me", { signal }))?.id;
  } catch (error) {
    if (!isFailure(error) || error.kind === "cancelled" || error.kind === "unauthenticated") throw error;
    return undefined;
  }
}
