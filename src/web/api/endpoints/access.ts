import type { Held } from "../../../baton/access/held.ts";
import { isAdministrative } from "../../../baton/access/reach.ts";
import { type ResourceKey, resourceKey } from "../../../baton/model/ids.ts";
import { fold } from "../../catalog/fold.ts";
import type { NamesCatalog } from "../../catalog/names.ts";
import { PageError } from "../../page-error.ts";
import type { SyncView } from "../../picture/sync-view.ts";
import type { AccessRow } from "../contract.ts";
import type { Asked, Endpoint } from "../endpoint.ts";
import type { Question } from "../question.ts";
import { ranked } from "../ranked.ts";
import { type Table, tableOfAll } from "../table.ts";
import { accessRow } from "../why.ts";

export const DIRECTNESS = ["true", "false", "unknown"] as const;

/** `GET /api/resources/:type/:id/access`: what somebody can reach, and why. */
export const access: Endpoint = async ({ question, param, view }) => {
  const names = await view.names.value();
  const key = await namedThing(param, view);
  const held = filtered(reached(view, key, names), question, names);
  const table: Table<Held> = tableOfAll(held, {});
  return {
    name: `access-of-${key.id}`,
    table: {
      ...table,
      read(from, limit) {
        const { rows, next } = table.read(from, limit);
        return { rows: rows.map((one) => accessRow(one, view, names)), next };
      },
      columns: ACCESS_COLUMNS,
    } satisfies Table<AccessRow>,
  };
};

const ACCESS_COLUMNS: Table<AccessRow>["columns"] = {
  resource_type: ({ resource }) => resource.type,
  resource: ({ resource }) => resource.id,
  resource_name: ({ resource }) => resource.name,
  entitlement: ({ entitlement }) => entitlement,
  entitlement_name: ({ entitlementName }) => entitlementName,
  privileged: ({ privileged }) => privileged,
  direct: ({ direct }) => direct,
  why: ({ why }) => why,
};

/** The thing that a path names. Throws `notFound` where neither the sync nor a grant of it names it. */
export async function namedThing(param: Asked["param"], view: SyncView): Promise<ResourceKey> {
  const key = { type: param("type"), id: param("id") };
  const names = await view.names.value();
  if (names.find(key) === undefined && (await view.access.value()).find(key) === undefined) {
    throw new PageError("notFound", `there is no ${key.type} ${key.id} in this sync`);
  }
  return key;
}

/** How many answers are remembered: what is turned over page by page is worked out once. */
const MAX_REMEMBERED = 16;
const remembered = new WeakMap<SyncView, Map<string, readonly Held[]>>();

/** Everything that somebody can reach, what decides over others first, then by name. */
export function reached(view: SyncView, key: ResourceKey, names: NamesCatalog): readonly Held[] {
  let of = remembered.get(view);
  if (of === undefined) {
    of = new Map();
    remembered.set(view, of);
  }
  const name = resourceKey(key.type, key.id);
  const held = of.get(name) ?? ranked(view.graph.reach(key), names);
  of.delete(name);
  of.set(name, held);
  if (of.size > MAX_REMEMBERED) of.delete([...of.keys()][0]!);
  return held;
}

function filtered(held: readonly Held[], question: Question, names: NamesCatalog): readonly Held[] {
  const types = question.list("type", 20);
  const words = fold(question.q())
    .split(" ")
    .filter((word) => word !== "");
  const direct = question.oneOf("direct", DIRECTNESS);
  const privileged = question.flag("privileged");
  return held.filter((one) => {
    if (types.length > 0 && !types.includes(one.resource.type)) return false;
    if (direct !== undefined && directnessOf(one) !== direct) return false;
    if (privileged && !isAdministrative(one.resource.type)) return false;
    if (words.length === 0) return true;
    const text = fold(
      `${names.find(one.resource)?.name ?? ""} ${one.entitlement} ${names.entitlementName(one.entitlement)}`,
    );
    return words.every((word) => text.includes(word));
  });
}

export function directnessOf({ direct }: Pick<Held, "direct">): (typeof DIRECTNESS)[number] {
  return direct === null ? "unknown" : direct ? "true" : "false";
}
