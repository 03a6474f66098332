import type { Call, Cursor, HeldPage, OtherRoute, ReadLists } from "../../baton/connector.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaApp, OktaGroup } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { appsCount } from "../groups/resource.ts";
import { appCount, type RoutesOfSync } from "../plan/listed.ts";
import { idOf } from "../resource/entitlement.ts";
import { createGrantedOf } from "../resource/granted.ts";
import { allRefused, identified } from "../resource/readable.ts";
import { readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType, groupType } from "../resource/types.ts";

/** The entitlement whose grants are shown. */
const SLUG = "access";

/**
 * Which groups have which apps, from the groups: `/groups/{id}/apps` counts against another limit than
 * `/apps/{id}/groups`. Of an assignment nothing is kept but which app and which group it is, which both show. Source: Okta
 * Management API, List all assigned applications of a group.
 */
export function appsByGroup(source: Source, routesOf: RoutesOfSync): OtherRoute {
  const accessOf = createGrantedOf(SLUG);

  function choose(lists: ReadLists, { syncId }: Pick<Call, "syncId">) {
    const routes = routesOf(lists, syncId);
    if (routes === undefined) return undefined;
    const { part } = routes.appGroups;
    if (part === 1) return { principals: [], resources: [] };
    const apps = [...lists.toRead(appType.id)].map(idOf);
    const groups = [...lists.resources(groupType.id)].filter((group) => appCount(group) !== 0);
    // Those with the most apps first: the others may be known from the apps by the time it is their turn.
    groups.sort((a, b) => (appCount(b) ?? Number.POSITIVE_INFINITY) - (appCount(a) ?? Number.POSITIVE_INFINITY) || 0);
    return { principals: groups.map(idOf), resources: apps.slice(0, Math.ceil(part * apps.length)) };
  }

  async function page(
    group: Resource,
    cursor: Cursor | undefined,
    resourceOf: (id: string) => Resource | undefined,
    call: Call,
  ): Promise<HeldPage> {
    const id = idOf(group);
    const first = `/api/v1/groups/${segment(id)}/apps?limit=200`;
    const read = await readPage<OktaApp>(source, cursor, first, call);
    const found = identified(read.items, "apps of groups", `group ${id}`);
    const seen = (typeof cursor?.seen === "number" ? cursor.seen : 0) + new Set(found.items.map(({ id }) => id)).size;
    const items = found.items.flatMap((app) => {
      const resource = resourceOf(app.id);
      return resource === undefined
        ? []
        : [{ granted: accessOf(resource), principalType: groupType.id, principalId: id }];
    });
    const contradicted = read.next === undefined ? await contradiction(group, seen, call) : undefined;
    return {
      ...{ items, next: nextCursors(read.next, { seen }), total: read.items.length },
      ...(contradicted !== undefined && { contradicted }),
      ...allRefused(found),
    };
  }

  /** Why what was shown is not all: the count that came with the list of groups says so, and so does a fresh one. */
  async function contradiction(group: Resource, seen: number, call: Call): Promise<string | undefined> {
    const count = appCount(group);
    if (count === undefined || count === seen) return undefined;
    const id = idOf(group);
    const fresh = await readOne<OktaGroup>(source, "/api/v1/groups", id, call, "?expand=stats");
    const now = fresh === undefined ? seen : appsCount(fresh);
    if (now === seen) return undefined;
    return `group ${id} is counted with ${now ?? count} apps, and ${seen} are shown`;
  }

  return { cursor: { of: "groups" }, principal: groupType.id, slug: SLUG, choose, page, countOf: appCount };
}
