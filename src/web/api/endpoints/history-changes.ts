import type { SyncRun } from "../../../baton/snapshot/reader.ts";
import type { ListedChanges } from "../../changes/listed.ts";
import type { ChangeRow, HistoryChange } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { syncInfo } from "../shown.ts";
import type { Table } from "../table.ts";

/** Between so many of the newest syncs it is looked for. */
const MAX_PAIRS = 4;
/** So many changes are looked at for one page, as not all are of access; the page may be short then. */
const MAX_LOOKED_AT = 1_000;

/** `GET /api/resources/:type/:id/history/changes`: what it gained or lost, and who gained or lost it, newest first. */
export const historyChanges: Endpoint = async ({ param }, { picture }) => {
  const subject = { type: param("type"), id: param("id") };
  const runs = picture.finished().slice(-MAX_PAIRS - 1);
  const pairs: { readonly run: SyncRun; readonly listed: ListedChanges }[] = [];
  for (let at = runs.length - 1; at > 0; at--) {
    pairs.push({ run: runs[at]!, listed: await picture.changes(runs[at - 1]!, runs[at]!).value() });
  }
  const table: Table<HistoryChange> = {
    position: ["number", "number"],
    read(from, limit) {
      const rows: HistoryChange[] = [];
      let [at, after] = [Number(from?.[0] ?? 0), Number(from?.[1] ?? 0)];
      for (let seen = 0; at < pairs.length; at++, after = 0) {
        const { run, listed } = pairs[at]!;
        for (;;) {
          const found = listed.list({ subject, q: "" }, after, limit);
          for (const { place, row } of found) {
            after = place;
            const shown = historyChange(row, run, subject);
            if (shown !== undefined) rows.push(shown);
            if (rows.length === limit || ++seen >= MAX_LOOKED_AT) return { rows, next: [at, after] };
          }
          if (found.length < limit) break;
        }
      }
      return { rows };
    },
    total: () => null,
    columns: {
      at: ({ sync }) => sync.endedAt,
      change: ({ change }) => change,
      side: ({ side }) => side,
      other_type: ({ other }) => other.type,
      other: ({ other }) => other.id,
      other_name: ({ other }) => other.name,
      entitlement: ({ entitlement }) => entitlement,
    },
  };
  return { table, name: `changes-of-${subject.id}` };
};

function historyChange(row: ChangeRow, run: SyncRun, subject: { type: string; id: string }): HistoryChange | undefined {
  const { change, principal, resource, entitlement, entitlementName } = row;
  if (change === "changed" || principal === null || resource === null || entitlement === null) return undefined;
  const holds = principal.type === subject.type && principal.id === subject.id;
  return {
    sync: syncInfo(run),
    change,
    side: holds ? "held" : "holder",
    other: holds ? resource : principal,
    entitlement,
    entitlementName: entitlementName ?? entitlement,
  };
}
