import type { SyncRun } from "../../baton/snapshot/reader.ts";
import type { SyncStats } from "../../baton/snapshot/stats.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import type { ListedThing } from "../catalog/access.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import type { ResourceRow, SyncCounts, SyncInfo } from "./contract.ts";

/** Milliseconds since the Unix epoch as RFC 3339; `null` where there is no such moment. */
export function timeText(ms: number | null | undefined): string | null {
  if (ms === null || ms === undefined || Math.abs(ms) > 8.64e15) return null;
  return new Date(ms).toISOString();
}

export function syncInfo({ syncId, type, startedAt, endedAt, stats }: SyncRun): SyncInfo {
  return {
    id: syncId,
    type,
    startedAt: timeText(parseTime(startedAt)),
    endedAt: endedAt === undefined ? null : timeText(parseTime(endedAt)),
    finished: endedAt !== undefined,
    counts: stats === undefined ? null : syncCounts(stats),
  };
}

export function syncCounts(stats: SyncStats): SyncCounts {
  const { resources, entitlements, grants } = stats;
  return {
    resources,
    entitlements,
    grants,
    resourcesByType: stats.resources_by_resource_type ?? {},
    grantsByType: stats.grants_by_resource_type ?? {},
  };
}

/** A thing as a row of a table, without fields of its profile. */
export function resourceRow(listed: ListedThing, names: NamesCatalog): ResourceRow {
  const { type, id, name, known, login, email, status, statusDetail, detail, nonHuman, admin, held, holders } = listed;
  return {
    ...{ type, id, name, kind: names.kindOf(type), known, login, email, status, statusDetail, detail, nonHuman, admin },
    lastSignIn: timeText(listed.lastSignIn),
    createdAt: timeText(listed.created),
    ...{ held, holders },
    fields: {},
  };
}
