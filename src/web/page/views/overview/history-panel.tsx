import type { Overview, SyncCounts } from "../../../api/contract.ts";
import { useSession } from "../../api/session.ts";
import { Disclosure } from "../../design/disclosure.tsx";
import { Panel } from "../../design/panel.tsx";
import { count } from "../../design/text.ts";
import { CountLine } from "../../pictures/count-line.tsx";
import { PlainTable } from "../../table/plain-table.tsx";
import { useSyncName } from "../../things/syncs.ts";

/** Lines of counts over the syncs in the file. */
export function HistoryPanel({ history }: { history: Overview["history"] }) {
  const { types } = useSession();
  const syncName = useSyncName();
  const idsOf = (kind: string) => types.filter((type) => type.kind === kind).map(({ id }) => id);
  const resources = (kind: string) => {
    const ids = idsOf(kind);
    return ({ resourcesByType }: SyncCounts) => ids.reduce((sum, id) => sum + (resourcesByType[id] ?? 0), 0);
  };
  const roleTypes = idsOf("role");
  const lines: readonly (readonly [label: string, of: (counts: SyncCounts) => number])[] = [
    ["People", resources("person")],
    ["Groups", resources("group")],
    ["Apps", resources("app")],
    ["Role grants", ({ grantsByType }) => roleTypes.reduce((sum, id) => sum + (grantsByType[id] ?? 0), 0)],
    ["Grants", ({ grants }) => grants],
  ];
  const name = (at: number) => syncName(history[at]!.sync);
  return (
    <Panel title="Over the syncs in this file">
      <div class="panel-body history-body">
        {history.length < 2 ? (
          <p class="calm">This file holds one whole sync. With the next one in it, lines show how the counts move.</p>
        ) : (
          <>
            <div class="lines">
              {lines.map(([label, of]) => (
                <CountLine key={label} label={label} points={history.map(({ counts }) => of(counts))} nameOf={name} />
              ))}
            </div>
            <Disclosure summary="The numbers as a table">
              <PlainTable
                caption="Counts over the syncs in this file"
                heads={["Sync", ...lines.map(([label]) => `#${label}`)]}
                rows={history
                  .toReversed()
                  .map(({ sync, counts }) => [syncName(sync), ...lines.map(([, of]) => count(of(counts)))])}
              />
            </Disclosure>
          </>
        )}
      </div>
    </Panel>
  );
}
