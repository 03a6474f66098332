import type { ChangePage, ChangeRow, SyncInfo } from "../../../api/contract.ts";
import { useSession } from "../../api/session.ts";
import { Badge, dangerTone } from "../../design/badge.tsx";
import { Chips, FilterField, SelectField } from "../../design/fields.tsx";
import { Empty } from "../../design/states.tsx";
import { capital, plainText, sentenceCase } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import { usePages } from "../../table/use-pages.ts";
import { useSyncName } from "../../things/syncs.ts";
import { ThingLink } from "../../things/thing-link.tsx";
import { useTitle } from "../title.ts";
import { byDanger } from "./dangers.ts";
import { FieldChanges } from "./field-changes.tsx";

const COLUMNS: readonly Column<ChangeRow>[] = [
  {
    id: "text",
    label: "What changed",
    main: true,
    cell: (row) => (
      <>
        <span class={`change change-${row.change}`}>
          <span class="change-sign" aria-hidden="true">
            {SIGNS[row.change]}
          </span>
          <bdi>{capital(row.text)}</bdi>
        </span>
        <FieldChanges fields={row.fields} />
      </>
    ),
  },
  {
    id: "danger",
    label: "Danger",
    cell: ({ danger }) => <Badge tone={dangerTone(danger)}>{sentenceCase(danger)}</Badge>,
  },
  { id: "change", label: "Change", hidden: true, cell: ({ change }) => sentenceCase(change) },
  {
    id: "who",
    label: "Who",
    cell: ({ principal }) => (principal ? <ThingLink thing={principal} /> : <span class="muted">–</span>),
  },
  {
    id: "what",
    label: "On what",
    cell: ({ resource }) => (resource ? <ThingLink thing={resource} /> : <span class="muted">–</span>),
  },
  {
    id: "entitlement",
    label: "As",
    hidden: true,
    cell: ({ entitlement, entitlementName }) => <bdi>{plainText(entitlementName || entitlement || "")}</bdi>,
  },
];

const SIGNS = { added: "+", removed: "−", changed: "~" } as const;

/** What changed between two syncs, the most dangerous first. */
export function Changes() {
  useTitle("Changes");
  const { syncs } = useSession();
  const { query } = useRoute();
  const syncName = useSyncName();
  const pages = usePages<ChangePage>("changes", {
    from: query.from,
    to: query.to ?? query.sync,
    danger: query.danger,
    change: query.change,
    q: query.q,
  });
  const { value } = pages.asked;
  const counts = value?.counts;
  const choice = (chosen: SyncInfo | null | undefined) => [
    ...(chosen ? [] : [["", "…"] as const]),
    ...syncs.toReversed().map((one) => [one.id, syncName(one)] as const),
  ];
  return (
    <>
      <header class="view-head">
        <h1>Changes</h1>
        <p class="lead">What is different between two syncs in this file, the most dangerous first.</p>
      </header>
      {syncs.length > 1 && (
        <div class="toolbar toolbar-lead">
          <SelectField
            label="From"
            value={query.from ?? value?.from?.id ?? ""}
            options={choice(value?.from)}
            onChange={(from) => filterBy({ from })}
          />
          <SelectField
            label="To"
            value={query.to ?? query.sync ?? value?.to?.id ?? ""}
            options={choice(value?.to)}
            onChange={(to) => filterBy({ to })}
          />
          <SelectField
            label="Change"
            value={query.change ?? ""}
            options={[
              ["", "Any"],
              ["added", "Added"],
              ["removed", "Removed"],
              ["changed", "Changed"],
            ]}
            onChange={(change) => filterBy({ change })}
          />
        </div>
      )}
      <DataTable
        caption="Changes"
        unit={["change", "changes"]}
        pages={pages}
        columns={COLUMNS}
        rowKey={(row) =>
          [row.change, row.what, row.text, row.principal?.id, row.resource?.id, row.entitlement].join(" ")
        }
        empty={
          <Empty
            icon="review"
            title={query.danger || query.q || query.change ? "No change with these filters" : "Nothing changed"}
          />
        }
        filters={
          <>
            <Chips
              label="Danger"
              value={query.danger ?? ""}
              options={[
                { value: "", text: "All", ...(counts && { count: counts.total }) },
                ...byDanger(counts?.byDanger ?? {}).map(([danger, count]) => ({
                  value: danger,
                  text: sentenceCase(danger),
                  count,
                  tone: dangerTone(danger),
                })),
              ]}
              onChange={(danger) => filterBy({ danger })}
            />
            <FilterField label="Name" value={query.q ?? ""} onChange={(q) => filterBy({ q }, { replace: true })} />
          </>
        }
      />
    </>
  );
}
