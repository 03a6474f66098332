import type { AccessPage, AccessRow, ResourceDetail } from "../../../api/contract.ts";
import { resourcePath } from "../../api/addresses.ts";
import { useSession } from "../../api/session.ts";
import { Badge } from "../../design/badge.tsx";
import { FilterField, SelectField } from "../../design/fields.tsx";
import { Empty } from "../../design/states.tsx";
import { plainText, sentenceCase } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import { usePages } from "../../table/use-pages.ts";
import { nameOf, ThingLink } from "../../things/thing-link.tsx";
import { WhyCell } from "../../things/why.tsx";
import { HowField } from "./how-field.tsx";

const COLUMNS: readonly Column<AccessRow>[] = [
  { id: "resource", label: "What", main: true, cell: ({ resource }) => <ThingLink thing={resource} /> },
  { id: "type", label: "Type", cell: ({ resource }) => sentenceCase(resource.type.replaceAll("-", "_")) },
  {
    id: "entitlement",
    label: "As",
    cell: ({ entitlement, entitlementName, privileged }) => (
      <span class="name-cell">
        <bdi>{plainText(entitlementName || entitlement)}</bdi>
        {privileged && <Badge tone="accent">Admin</Badge>}
      </span>
    ),
  },
  { id: "why", label: "Why", cell: (row) => <WhyCell why={row} /> },
  { id: "id", label: "Entitlement id", hidden: true, cell: ({ entitlement }) => <code>{plainText(entitlement)}</code> },
];

/** What somebody can reach and why, administrative access first. */
export function AccessTab({ thing }: { thing: ResourceDetail }) {
  const { types } = useSession();
  const { query } = useRoute();
  const pages = usePages<AccessPage>(`${resourcePath(thing.type, thing.id)}/access`, {
    type: query.type,
    q: query.q,
    direct: query.direct,
    privileged: query.privileged,
    sync: query.sync,
  });
  const typeChoice = types
    .filter(({ entitlements }) => entitlements > 0)
    .map(({ id, name }) => [id, sentenceCase(name)] as const);
  return (
    <DataTable
      caption={`What ${nameOf(thing)} can reach`}
      unit={["entitlement", "entitlements"]}
      pages={pages}
      columns={COLUMNS}
      rowKey={({ entitlement }) => entitlement}
      empty={<Empty icon="role" title="Nothing: no grant in this snapshot" />}
      filters={
        <>
          <FilterField label="Name" value={query.q ?? ""} onChange={(q) => filterBy({ q }, { replace: true })} />
          <SelectField
            label="Type"
            value={query.type ?? ""}
            options={[["", "Any"], ...typeChoice]}
            onChange={(type) => filterBy({ type })}
          />
          <HowField />
          <SelectField
            label="Administrative"
            value={query.privileged ?? ""}
            options={[
              ["", "All"],
              ["true", "Only these"],
            ]}
            onChange={(privileged) => filterBy({ privileged })}
          />
        </>
      }
    />
  );
}
