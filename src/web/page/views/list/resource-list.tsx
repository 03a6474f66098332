import type { ResourcePage } from "../../../api/contract.ts";
import { useSession } from "../../api/session.ts";
import { FilterField, SelectField } from "../../design/fields.tsx";
import { Empty, NotKnown } from "../../design/states.tsx";
import { sentenceCase } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import { usePages } from "../../table/use-pages.ts";
import { typesOf } from "../../things/kinds.ts";
import { STATUS_OPTIONS } from "../../things/status.tsx";
import { useTitle } from "../title.ts";
import { NonHumanNotKnown } from "./non-human-not-known.tsx";
import { COLUMNS, fieldColumn } from "./resource-columns.tsx";

interface List {
  readonly title: string;
  readonly lead: string;
  readonly unit: readonly [one: string, many: string];
  readonly filters: readonly ("type" | "status" | "admin")[];
}

/** The lists by their names in the address. */
export const LISTS: Readonly<Record<string, List>> = {
  people: {
    title: "People",
    lead: "Everybody in the org, whatever their status.",
    unit: ["person", "people"],
    filters: ["status", "admin"],
  },
  groups: {
    title: "Groups",
    lead: "What members of a group have, they have through it.",
    unit: ["group", "groups"],
    filters: ["admin"],
  },
  apps: { title: "Apps", lead: "What people sign in to.", unit: ["app", "apps"], filters: ["status"] },
  roles: {
    title: "Roles",
    lead: "Administrative roles, standard and custom.",
    unit: ["role", "roles"],
    filters: ["type"],
  },
  "non-human": {
    title: "Non-human identities",
    lead: "Service accounts, apps that act by themselves, and secrets such as API tokens.",
    unit: ["identity", "identities"],
    filters: ["type", "status", "admin"],
  },
  everything: {
    title: "Everything",
    lead: "All that the snapshot holds, of every type.",
    unit: ["resource", "resources"],
    filters: ["type", "status", "admin"],
  },
};

const YES: readonly (readonly [string, string])[] = [
  ["", "All"],
  ["true", "Only these"],
];

/** A list of resources. */
export function ResourceList({ list }: { list: string }) {
  const { types } = useSession();
  const { query } = useRoute();
  const { title, lead, unit, filters } = LISTS[list]!;
  useTitle(title);
  const ofList = typesOf(list, types);
  const fields = [...new Set((ofList ?? []).flatMap((type) => type.fields ?? []))];
  const columns = [...COLUMNS[list]!, ...fields.slice(0, 40).map(fieldColumn)];
  const asked = (query.columns ?? "").split(",").filter((id) => id.startsWith("profile."));
  const pages = usePages<ResourcePage>("resources", {
    type: query.type || (list === "everything" ? undefined : ofList?.map(({ id }) => id).join(",")),
    nonHuman: list === "non-human" ? "true" : undefined,
    q: query.q,
    status: query.status,
    admin: query.admin,
    sort: query.sort,
    desc: query.desc,
    fields: asked
      .map((id) => id.slice("profile.".length))
      .slice(0, 12)
      .join(","),
    sync: query.sync,
  });
  const notRead = ofList !== undefined && ofList.length === 0;
  const typeChoice = (ofList ?? types).map(({ id, name }) => [id, sentenceCase(name)] as const);
  const found = notRead ? (
    <NotKnown>
      The sync read no {unit[1]}: what is missing here is not known, it does not mean that there are none.
    </NotKnown>
  ) : (
    <DataTable
      caption={title}
      unit={unit}
      pages={pages}
      columns={columns}
      rowKey={({ type, id }) => `${type}:${id}`}
      empty={<Empty title={`No ${unit[1]} with these filters`} />}
      filters={
        <>
          <FilterField
            label="Name, login or id"
            value={query.q ?? ""}
            onChange={(q) => filterBy({ q }, { replace: true })}
          />
          {filters.includes("type") && (
            <SelectField
              label="Type"
              value={query.type ?? ""}
              options={[["", "Any"], ...typeChoice]}
              onChange={(type) => filterBy({ type })}
            />
          )}
          {filters.includes("status") && (
            <SelectField
              label="Status"
              value={query.status ?? ""}
              options={STATUS_OPTIONS}
              onChange={(status) => filterBy({ status })}
            />
          )}
          {filters.includes("admin") && (
            <SelectField
              label="Admins"
              value={query.admin ?? ""}
              options={YES}
              onChange={(admin) => filterBy({ admin })}
            />
          )}
        </>
      }
    />
  );
  return (
    <>
      <header class="view-head">
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
      </header>
      {list === "non-human" ? <NonHumanNotKnown>{found}</NonHumanNotKnown> : found}
    </>
  );
}
