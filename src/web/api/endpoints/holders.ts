import type { Held } from "../../../baton/access/held.ts";
import { resourceKey } from "../../../baton/model/ids.ts";
import type { HoldersQuery, ListedThing } from "../../catalog/access.ts";
import { PageError } from "../../page-error.ts";
import type { HolderRow } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import type { Table } from "../table.ts";
import { whyOf } from "../why.ts";
import { DIRECTNESS, directnessOf, namedThing } from "./access.ts";
import { STATUSES } from "./resources.ts";

/** So many holders are looked at for one page where only some of them are wanted; the page may be short then. */
const MAX_LOOKED_AT = 400;

/** `GET /api/resources/:type/:id/holders`: who holds it, and why, by name. */
export const holders: Endpoint = async ({ question, param, view }) => {
  const [names, access] = [await view.names.value(), await view.access.value()];
  const key = await namedThing(param, view);
  const id = question.text("entitlement") ?? names.entitlementsOf(key, 1).rows[0]?.id;
  const entitlement = id === undefined ? undefined : (names.entitlement(id) ?? access.unknownEntitlement(id));
  const { resource } = entitlement ?? {};
  if (id !== undefined && (resource?.type !== key.type || resource.id !== key.id)) {
    throw new PageError("notFound", `${key.type} ${key.id} has no entitlement ${id}`);
  }
  const direct = question.oneOf("direct", DIRECTNESS);
  const query: HoldersQuery = {
    e: entitlement?.e ?? -1,
    types: question.list("type", 20),
    q: question.q(),
    status: question.oneOf("status", STATUSES),
  };
  const row = (listed: ListedThing, held: Held): HolderRow => ({
    principal: names.thing(listed),
    ...{ login: listed.login, email: listed.email, status: listed.status },
    ...{ entitlement: id!, entitlementName: names.entitlementName(id!) },
    ...whyOf(held, view, names),
  });
  const table: Table<HolderRow> = {
    position: ["number"],
    read(from, limit) {
      const rows: HolderRow[] = [];
      let after = Number(from?.[0] ?? 0);
      for (let seen = 0; seen < MAX_LOOKED_AT; ) {
        const listed = access.holders(query, after, limit + 1);
        const part = listed.slice(0, limit);
        const why = new Map<string, Held>();
        for (const held of view.graph.whyEach(part, id!))
          why.set(resourceKey(held.principal.type, held.principal.id), held);
        for (const one of part) {
          const held = why.get(resourceKey(one.type, one.id));
          after = one.n;
          if (held === undefined || (direct !== undefined && directnessOf(held) !== direct)) continue;
          rows.push(row(one, held));
          if (rows.length === limit) break;
        }
        seen += part.length;
        if (rows.length === limit)
          return { rows, next: access.holders(query, after, 1).length > 0 ? [after] : undefined };
        if (listed.length <= limit) return { rows };
      }
      return { rows, next: [after] };
    },
    total: () => (direct === undefined ? access.countHolders(query) : null),
    columns: {
      principal_type: ({ principal }) => principal.type,
      principal: ({ principal }) => principal.id,
      principal_name: ({ principal }) => principal.name,
      login: ({ login }) => login,
      email: ({ email }) => email,
      status: ({ status }) => status,
      entitlement: (one) => one.entitlement,
      entitlement_name: ({ entitlementName }) => entitlementName,
      direct: (one) => one.direct,
      why: ({ why }) => why,
    },
  };
  return { table, name: `holders-of-${key.id}` };
};
