import type { Call, Cursor } from "../../../baton/connector.ts";
import { isObject, text } from "../../../baton/model/values.ts";
import type { ListPage } from "../../api/client.ts";
import type { OktaAppTarget, OktaGroup, OktaRoleAssignment } from "../../api/json/objects.ts";
import { nextCursors, segment } from "../../api/paths.ts";
import { nameless, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";

/** How far an assignment of an admin role reaches. */
export type Reach =
  | { readonly reach: "everything" | "resource-set" }
  | {
      readonly reach: "targets";
      readonly groups: readonly string[];
      readonly apps: readonly string[];
      readonly appNames: readonly string[];
    };

/** The standard roles that can be confined to some groups, and those that can be to some apps: no other has targets. */
const GROUP_TARGETED = new Set(["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"]);
const APP_TARGETED = new Set(["APP_ADMIN"]);

/**
 * How far an assignment reaches; `path` is that of the holder's assignments. No targets mean: everything of its kind.
 * Throws a {@link Failure} where they cannot be read. Source: Okta Management API, Role Targets.
 */
export async function reachOf(source: Source, path: string, one: OktaRoleAssignment, call: Call): Promise<Reach> {
  const type = text(one.type);
  if (type === "CUSTOM" || text(one["resource-set"]) !== "") return { reach: "resource-set" };
  const targets = `${path}/${segment(text(one.id))}/targets`;
  if (GROUP_TARGETED.has(type)) {
    const found = await readAll<OktaGroup>(source, `${targets}/groups?limit=200`, call);
    if (found.length === 0) return { reach: "everything" };
    return { reach: "targets", groups: found.map(({ id }) => text(id)), apps: [], appNames: [] };
  }
  if (APP_TARGETED.has(type)) {
    const found = await readAll<OktaAppTarget>(source, `${targets}/catalog/apps?limit=200`, call);
    if (found.length === 0) return { reach: "everything" };
    // Okta gives an id only where one instance is meant.
    const apps = found.map(({ id }) => text(id)).filter((id) => id !== "");
    const appNames = found.filter(({ id }) => text(id) === "").map(({ name }) => text(name));
    return { reach: "targets", groups: [], apps, appNames };
  }
  return { reach: "everything" };
}

/** All items of a list of targets. One that is left out would make the reach look smaller, so none may be nameless. */
async function readAll<T extends { readonly id?: unknown; readonly name?: unknown }>(
  source: Source,
  first: string,
  call: Call,
): Promise<T[]> {
  const { pageSize: _, ...whole } = call;
  const all: T[] = [];
  for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
    const page: ListPage<T> = await readPage(source, cursor, first, whole);
    for (const item of page.items) {
      if (!isObject(item) || (text(item.id) === "" && text(item.name) === "")) {
        throw nameless(first, "a target that does not say what it is");
      }
      all.push(item);
    }
    cursor = nextCursors(page.next)[0];
  }
  return all;
}
