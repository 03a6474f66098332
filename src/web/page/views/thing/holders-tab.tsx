import type { HolderPage, HolderRow, ResourceDetail } from "../../../api/contract.ts";
import { resourcePath } from "../../api/addresses.ts";
import { useSession } from "../../api/session.ts";
import { FilterField, SelectField } from "../../design/fields.tsx";
import { Empty } from "../../design/states.tsx";
import { count, plainText, sentenceCase } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import { usePages } from "../../table/use-pages.ts";
import { STATUS_OPTIONS, StatusBadge } from "../../things/status.tsx";
import { nameOf, ThingLink } from "../../things/thing-link.tsx";
import { WhyCell } from "../../things/why.tsx";
import { HowField } from "./how-field.tsx";

const COLUMNS: readonly Column<HolderRow>[] = [
  { id: "principal", label: "Who", main: true, cell: ({ principal }) => <ThingLink thing={principal} /> },
  {
    id: "type",
    label: "Type",
    hidden: true,
    cell: ({ principal }) => sentenceCase(principal.type.replaceAll("-", "_")),
  },
  { id: "login", label: "Login", cell: ({ login }) => (login === "" ? "–" : <bdi>{plainText(login)}</bdi>) },
  { id: "email", label: "Email", hidden: true, cell: ({ email }) => <bdi>{plainText(email)}</bdi> },
  {
    id: "status",
    label: "Status",
    cell: ({ status }) => (status === "UNSPECIFIED" ? <span class="muted">–</span> : <StatusBadge status={status} />),
  },
  {
    id: "entitlement",
    label: "As",
    hidden: true,
    cell: ({ entitlement, entitlementName }) => <bdi>{plainText(entitlementName || entitlement)}</bdi>,
  },
  { id: "why", label: "Why", cell: (row) => <WhyCell why={row} /> },
];

/** Who holds something, and why. */
export function HoldersTab({ thing }: { thing: ResourceDetail }) {
  const { types } = useSession();
  const { query } = useRoute();
  const { entitlements } = thing;
  const pages = usePages<HolderPage>(`${resourcePath(thing.type, thing.id)}/holders`, {
    entitlement: query.entitlement,
    type: query.type,
    q: query.q,
    direct: query.direct,
    status: query.status,
    sync: query.sync,
  });
  const holderTypes = types.filter(({ kind }) => kind === "person" || kind === "group" || kind === "app");
  return (
    <DataTable
      caption={`Who holds ${nameOf(thing)}`}
      unit={["holder", "holders"]}
      pages={pages}
      columns={COLUMNS}
      rowKey={({ principal, entitlement }) => `${entitlement} ${principal.type}:${principal.id}`}
      empty={<Empty icon="person" title="Nobody in this snapshot, with these filters" />}
      filters={
        <>
          {entitlements.length > 1 && (
            <SelectField
              label="Entitlement"
              value={query.entitlement ?? entitlements[0]!.id}
              options={entitlements.map(
                ({ id, name, holders }) => [id, `${plainText(name || id)} (${count(holders)})`] as const,
              )}
              onChange={(entitlement) => filterBy({ entitlement })}
            />
          )}
          <FilterField
            label="Name or login"
            value={query.q ?? ""}
            onChange={(q) => filterBy({ q }, { replace: true })}
          />
          <SelectField
            label="Who"
            value={query.type ?? ""}
            options={[["", "All"], ...holderTypes.map(({ id, name }) => [id, sentenceCase(name)] as const)]}
            onChange={(type) => filterBy({ type })}
          />
          <HowField />
          <SelectField
            label="Status"
            value={query.status ?? ""}
            options={STATUS_OPTIONS}
            onChange={(status) => filterBy({ status })}
          />
        </>
      }
    />
  );
}
