import type { Call, Cursor, HeldPage, OtherRoute, ReadLists } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { memberCount, type RoutesOfSync } from "../plan/listed.ts";
import { metChance } from "../plan/routes.ts";
import { idOf } from "../resource/entitlement.ts";
import { createGrantedOf } from "../resource/granted.ts";
import { allRefused, identified } from "../resource/readable.ts";
import { readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { groupType, userType } from "../resource/types.ts";

/** Groups that are this unlikely to be met whole on the users' side are asked for their members at once. */
const MIN_CHANCE = 0.05;

/** The entitlement whose grants are shown. */
const SLUG = "member";

/** Users who are in no group. */
const GONE = "DEPROVISIONED";

/**
 * Who is in which group, from the users: `/users/{id}/groups` counts against a larger limit than `/groups/{id}/users`. A
 * membership is which user and which group, which both show; each group's count says whether all were shown. Source: Okta
 * Management API, List all groups of a user.
 */
export function membersByUser(source: Source, routesOf: RoutesOfSync): OtherRoute {
  const membershipOf = createGrantedOf(SLUG);

  function choose(lists: ReadLists, { syncId }: Pick<Call, "syncId">) {
    const routes = routesOf(lists, syncId);
    if (routes === undefined) return undefined;
    const { part } = routes.members;
    if (part === 0) return { principals: [], resources: [] };
    if (!lists.isComplete(userType.id)) return undefined;
    const users: string[] = [];
    for (const user of lists.resources(userType.id)) if (user.status?.details !== GONE) users.push(idOf(user));
    const atOnce: string[] = [];
    for (const group of lists.toRead(groupType.id)) {
      const count = memberCount(group);
      if (count === undefined || metChance(count, part) < MIN_CHANCE) atOnce.push(idOf(group));
    }
    return { principals: users.slice(0, Math.ceil(part * users.length)), resources: atOnce };
  }

  async function page(
    user: Resource,
    cursor: Cursor | undefined,
    resourceOf: (id: string) => Resource | undefined,
    call: Call,
  ): Promise<HeldPage> {
    const id = idOf(user);
    const read = await readPage<OktaGroup>(source, cursor, `/api/v1/users/${segment(id)}/groups?limit=200`, call);
    const found = identified(read.items, "groups of users", `user ${id}`);
    const items = found.items.flatMap((group) => {
      const resource = resourceOf(group.id);
      return resource === undefined
        ? []
        : [{ granted: membershipOf(resource), principalType: userType.id, principalId: id }];
    });
    return { items, next: nextCursors(read.next), total: read.items.length, ...allRefused(found) };
  }

  return { cursor: { of: "members" }, principal: userType.id, slug: SLUG, choose, page };
}
