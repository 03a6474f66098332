import type { History, HistoryChange, HistoryChangePage, ResourceDetail, SyncInfo } from "../../../api/contract.ts";
import { apiAddress, resourcePath } from "../../api/addresses.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Badge } from "../../design/badge.tsx";
import { Panel } from "../../design/panel.tsx";
import { Empty, Failed, Skeleton } from "../../design/states.tsx";
import { plainText } from "../../design/text.ts";
import { CountLine } from "../../pictures/count-line.tsx";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/data-table.tsx";
import { usePages } from "../../table/use-pages.ts";
import { useSyncName } from "../../things/syncs.ts";
import { nameOf, ThingLink } from "../../things/thing-link.tsx";

const COLUMNS: readonly Column<HistoryChange>[] = [
  { id: "other", label: "Who or what", main: true, cell: ({ other }) => <ThingLink thing={other} /> },
  {
    id: "change",
    label: "Change",
    cell: ({ change, side }) => (
      <Badge tone={change === "added" ? "accent" : "neutral"}>
        {side === "held"
          ? change === "added"
            ? "Gained it"
            : "Lost it"
          : change === "added"
            ? "Now holds this"
            : "No longer holds this"}
      </Badge>
    ),
  },
  {
    id: "entitlement",
    label: "As",
    cell: ({ entitlement, entitlementName }) => <bdi>{plainText(entitlementName || entitlement)}</bdi>,
  },
  { id: "sync", label: "Seen in the sync of", cell: ({ sync }) => <SyncName sync={sync} /> },
];

function SyncName({ sync }: { sync: SyncInfo }) {
  return useSyncName()(sync);
}

/** How a thing was over the syncs in the file. */
export function HistoryTab({ thing }: { thing: ResourceDetail }) {
  const path = `${resourcePath(thing.type, thing.id)}/history`;
  const { value, failure, again } = useAnswer<History>(apiAddress(path));
  const syncName = useSyncName();
  const pages = usePages<HistoryChangePage>(`${path}/changes`, {});
  if (failure) return <Failed failure={failure} again={again} />;
  if (value === undefined) return <Skeleton lines={5} />;
  const { points } = value;
  const there = points.filter(({ present }) => present);
  if (points.length < 2) {
    return (
      <Empty icon="changes" title="One whole sync is in this file">
        With the next one in it, this shows who gained and lost what.
      </Empty>
    );
  }
  const name = (at: number) => syncName(points[at]!.sync);
  return (
    <div class="panels">
      <Panel title="Counts" aside={`there in ${there.length} of ${points.length} syncs`}>
        <div class="panel-body history-body">
          <div class="lines">
            {points.some(({ held }) => held > 0) && (
              <CountLine label="Grants it holds" points={points.map(({ held }) => held)} nameOf={name} />
            )}
            {points.some(({ holders }) => holders > 0) && (
              <CountLine label="Grants on it" points={points.map(({ holders }) => holders)} nameOf={name} />
            )}
          </div>
        </div>
      </Panel>
      <div class="span-12">
        <h2 class="section-title">What changed</h2>
        <DataTable
          caption={`What changed of ${nameOf(thing)} between the syncs`}
          unit={["change", "changes"]}
          pages={pages}
          columns={COLUMNS}
          rowKey={({ sync, change, side, other, entitlement }) =>
            [sync.id, change, side, other.type, other.id, entitlement].join(" ")
          }
          empty={<Empty icon="review" title="Nothing changed between the syncs in this file" />}
        />
      </div>
    </div>
  );
}
