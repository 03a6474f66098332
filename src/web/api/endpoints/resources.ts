import type { ListingPosition, ListingQuery, ListingSort } from "../../catalog/access.ts";
import type { SyncView } from "../../picture/sync-view.ts";
import type { ResourceRow, Status } from "../contract.ts";
import type { Asked, Endpoint } from "../endpoint.ts";
import type { Question } from "../question.ts";
import { resourceRow } from "../shown.ts";
import type { Table } from "../table.ts";

export const STATUSES = ["ENABLED", "DISABLED", "DELETED", "UNSPECIFIED"] as const satisfies readonly Status[];
const SORTS = ["name", "status", "held", "holders", "lastSignIn"] as const satisfies readonly ListingSort[];
const MAX_FIELDS = 12;

/** `GET /api/resources`: a table of what there is, with filters. */
export const resources: Endpoint = async ({ question, view }: Asked) => {
  const query = listingOf(question);
  const fields = question.list("fields", MAX_FIELDS);
  const [names, access] = [await view.names.value(), await view.access.value()];
  const table: Table<ResourceRow> = {
    position: ["either", "number"],
    read(from, limit) {
      const found = access.list(query, from as ListingPosition | undefined, limit + 1);
      const rows = found.slice(0, limit);
      return {
        rows: rows.map((listed) => ({ ...resourceRow(listed, names), fields: fieldsOf(view, listed, fields) })),
        next: found.length > limit ? rows.at(-1)?.position : undefined,
      };
    },
    total: () => access.count(query),
    columns: {
      type: ({ type }) => type,
      id: ({ id }) => id,
      name: ({ name }) => name,
      login: ({ login }) => login,
      email: ({ email }) => email,
      status: ({ status }) => status,
      status_detail: ({ statusDetail }) => statusDetail,
      detail: ({ detail }) => detail,
      admin: ({ admin }) => admin,
      non_human: ({ nonHuman }) => nonHuman,
      last_sign_in: ({ lastSignIn }) => lastSignIn,
      created_at: ({ createdAt }) => createdAt,
      held: ({ held }) => held,
      holders: ({ holders }) => holders,
      ...Object.fromEntries(fields.map((name) => [name, (row: ResourceRow) => row.fields[name] ?? null])),
    },
  };
  return { table, name: query.types.join("-") || "resources" };
};

function listingOf(question: Question): ListingQuery {
  return {
    types: question.list("type", 20),
    q: question.q(),
    status: question.oneOf("status", STATUSES),
    admin: question.flag("admin"),
    nonHuman: question.flag("nonHuman"),
    sort: question.oneOf("sort", SORTS) ?? "name",
    desc: question.flag("desc"),
  };
}

function fieldsOf(view: SyncView, { type, id }: { type: string; id: string }, wanted: readonly string[]) {
  if (wanted.length === 0) return {};
  const profile = view.content.findResource(type, id)?.message.profile ?? {};
  return Object.fromEntries(
    wanted.map((name) => [name, Object.hasOwn(profile, name) ? shownValue(profile[name]) : null]),
  );
}

/** A field of a profile as text: what is no text is JSON. */
export function shownValue(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
