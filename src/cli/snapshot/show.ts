import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { SnapshotReader, SyncRun } from "../../baton/snapshot/reader.ts";
import type { SyncStats } from "../../baton/snapshot/stats.ts";
import { count, table } from "../terminal/layout.ts";

/** How many of the largest groups and apps are shown. */
const MAX_SHOWN = 10;

/** Somebody or something, with how many hold it. */
export interface Held {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly users: number;
  readonly groups: number;
}

/** What is in a snapshot, as far as it fits on a screen. */
export interface Shown {
  readonly syncs: readonly SyncRun[];
  /** The sync that the rest is about; absent where there is none to look at. */
  readonly sync?: SyncRun;
  readonly counts?: SyncStats;
  /** Every role that somebody holds, the most held first. */
  readonly roles: readonly Held[];
  readonly largestGroups: readonly Held[];
  readonly largestApps: readonly Held[];
}

/** Looks through a snapshot. Grants are read once, without decoding them. */
export function inspectSnapshot(reader: SnapshotReader, syncId: string | undefined): Shown {
  const syncs = reader.syncs();
  const sync = syncId === undefined ? (reader.current() ?? reader.newestFinished()) : undefined;
  if (sync === undefined && syncId === undefined) return { syncs, roles: [], largestGroups: [], largestApps: [] };
  const content = reader.content(syncId ?? sync?.syncId);
  const holders = new Map<string, { type: string; id: string; users: number; groups: number }>();
  for (const { resource, principal } of content.grants()) {
    const key = `${resource.type}:${resource.id}`;
    const held = holders.get(key) ?? { ...resource, users: 0, groups: 0 };
    holders.set(key, held);
    if (principal.type === "group") held.groups += 1;
    else held.users += 1;
  }
  const most = (types: readonly string[], limit: number): Held[] =>
    [...holders.values()]
      .filter(({ type }) => types.includes(type))
      .sort((a, b) => b.users - a.users || b.groups - a.groups || (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ type, id, users, groups }) => ({ type, id, name: nameOf(content, type, id), users, groups }));
  return {
    syncs,
    sync: sync ?? syncs.find((run) => run.syncId === syncId)!,
    counts: content.counts(),
    roles: most(["role", "custom-role"], Number.POSITIVE_INFINITY),
    largestGroups: most(["group"], MAX_SHOWN),
    largestApps: most(["app"], MAX_SHOWN),
  };
}

function nameOf(content: SyncContent, type: string, id: string): string {
  return content.findResource(type, id)?.message.displayName || id;
}

/** What {@link inspectSnapshot} found, for people. */
export function renderShown({ syncs, sync, counts, roles, largestGroups, largestApps }: Shown): string {
  const parts = [
    `Syncs in this file:\n${table(
      ["id", "kind", "started (UTC)", "finished (UTC)"],
      syncs.map(({ syncId, type, startedAt, endedAt }) => [
        syncId,
        type,
        startedAt.slice(0, 19),
        endedAt === undefined ? "not finished" : endedAt.slice(0, 19),
      ]),
    )}`,
  ];
  if (sync === undefined || counts === undefined) return `${parts[0]}\nThere is no sync in it to look at.\n`;
  parts.push(`In ${sync.syncId}:\n${statsTable(counts)}`);
  if (roles.length > 0) parts.push(`Admin roles, and who holds them:\n${heldTable(roles)}`);
  if (largestGroups.length > 0) parts.push(`Largest groups:\n${heldTable(largestGroups)}`);
  if (largestApps.length > 0) parts.push(`Apps with the most users:\n${heldTable(largestApps)}`);
  return parts.join("\n");
}

function heldTable(held: readonly Held[]): string {
  return table(
    undefined,
    held.map(({ id, name, users, groups }) => [
      name,
      id === name ? "" : id,
      `${count(users)} ${users === 1 ? "user" : "users"}`,
      groups === 0 ? "" : `${count(groups)} ${groups === 1 ? "group" : "groups"}`,
    ]),
  );
}

function statsTable(counts: SyncStats): string {
  const types = [
    ...new Set(
      [counts.resources_by_resource_type, counts.entitlements_by_resource_type, counts.grants_by_resource_type].flatMap(
        (by) => Object.keys(by),
      ),
    ),
  ];
  const rows = types.map((type) => [
    type,
    counts.resources_by_resource_type[type] ?? 0,
    counts.entitlements_by_resource_type[type] ?? 0,
    counts.grants_by_resource_type[type] ?? 0,
  ]);
  return table(
    ["", "resources", "entitlements", "grants"],
    [...rows, ["total", counts.resources, counts.entitlements, counts.grants]],
  );
}
