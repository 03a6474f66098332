import type { Compared, ComparedRow } from "../../../api/contract.ts";
import { Badge } from "../../design/badge.tsx";
import { Chips, FilterField } from "../../design/fields.tsx";
import { Empty } from "../../design/states.tsx";
import { plainText, sentenceCase } from "../../design/text.ts";
import { useRoute } from "../../route/navigation.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { filterBy } from "../../table/filters.ts";
import { usePages } from "../../table/use-pages.ts";
import { nameOf, ThingLink } from "../../things/thing-link.tsx";
import { WhyCell } from "../../things/why.tsx";
import { useTitle } from "../title.ts";
import { Side } from "./side.tsx";

/** Two people side by side: what both have, and what only one has. */
export function Compare() {
  useTitle("Compare");
  const { query } = useRoute();
  const { left = "", right = "" } = query;
  return (
    <>
      <header class="view-head">
        <h1>Two side by side</h1>
        <p class="lead">What both have, what only one has, and why.</p>
      </header>
      <div class="sides">
        <Side side="left" label="Left" chosen={left} />
        <Side side="right" label="Right" chosen={right} />
      </div>
      {left !== "" && right !== "" ? (
        <Both key={`${left} ${right}`} left={left} right={right} />
      ) : (
        <Empty icon="compare" title="Choose two people">
          Type a name into each field. Groups and apps can be compared as well.
        </Empty>
      )}
    </>
  );
}

function Both({ left, right }: { left: string; right: string }) {
  const { query } = useRoute();
  const pages = usePages<Compared>("compare", { left, right, only: query.only, q: query.q, sync: query.sync });
  const { value } = pages.asked;
  const [leftName, rightName] = value ? [nameOf(value.left), nameOf(value.right)] : ["Left", "Right"];
  const counts = value?.counts;
  return (
    <DataTable
      caption={`${leftName} beside ${rightName}`}
      unit={["entitlement", "entitlements"]}
      pages={pages}
      columns={columnsFor(leftName, rightName)}
      rowKey={({ entitlement }) => entitlement}
      empty={<Empty title="Nothing with these filters" />}
      filters={
        <>
          <Chips
            label="Who has it"
            value={query.only ?? ""}
            options={[
              { value: "", text: "All", ...(counts && { count: counts.left + counts.right + counts.both }) },
              { value: "different", text: "Different", ...(counts && { count: counts.left + counts.right }) },
              { value: "left", text: `Only ${leftName}`, ...(counts && { count: counts.left }) },
              { value: "right", text: `Only ${rightName}`, ...(counts && { count: counts.right }) },
              { value: "both", text: "Both", ...(counts && { count: counts.both }) },
            ]}
            onChange={(only) => filterBy({ only })}
          />
          <FilterField label="Name" value={query.q ?? ""} onChange={(q) => filterBy({ q }, { replace: true })} />
        </>
      }
    />
  );
}

function columnsFor(left: string, right: string): readonly Column<ComparedRow>[] {
  const side = (id: "left" | "right", label: string): Column<ComparedRow> => ({
    id,
    label,
    cell: (row) => {
      const why = row[id];
      return why === null ? <span class="muted not-held">does not have it</span> : <WhyCell why={why} />;
    },
  });
  return [
    {
      id: "resource",
      label: "What",
      main: true,
      cell: ({ resource, entitlementName, entitlement, privileged }) => (
        <span class="name-cell">
          <ThingLink thing={resource} />
          <span class="muted">
            <bdi>{plainText(entitlementName || entitlement)}</bdi>
          </span>
          {privileged && <Badge tone="accent">Admin</Badge>}
        </span>
      ),
    },
    { id: "type", label: "Type", cell: ({ resource }) => sentenceCase(resource.type.replaceAll("-", "_")) },
    side("left", left),
    side("right", right),
  ];
}
