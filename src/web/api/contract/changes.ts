import type { ComputedPage, SyncInfo, Thing } from "./shared.ts";

/** Changes, counted. */
export interface ChangeCounts {
  readonly from: SyncInfo;
  readonly to: SyncInfo;
  readonly total: number;
  readonly byDanger: Readonly<Record<string, number>>;
}

/**
 * `GET /api/changes?from=&to=&danger=&change=&subject=TYPE:ID&q=&cursor=&limit=`, the most dangerous first. `from`, `to`: syncs; without
 * them the newest full one and the one before. `subject`: what it held, or who held it, and itself. At most 200,000 are listed.
 */
export type ChangePage = ComputedPage<ChangeRow> & {
  readonly from: SyncInfo | null;
  readonly to: SyncInfo | null;
  readonly counts: ChangeCounts | null;
};

export interface ChangeRow {
  readonly change: "added" | "removed" | "changed";
  /** What changed: `grant`, `resource`, `entitlement` or `resourceType`. */
  readonly what: "grant" | "resource" | "entitlement" | "resourceType";
  /** How dangerous it is; the words are those of {@link ChangeCounts.byDanger}. */
  readonly danger: string;
  /** In a sentence without a full stop. */
  readonly text: string;
  /** Of grants: who. */
  readonly principal: Thing | null;
  /** Of grants: on what; else what changed. */
  readonly resource: Thing | null;
  readonly entitlement: string | null;
  readonly entitlementName: string | null;
  /** Of what changed: the fields that did, with what they were and are. `null`: not there. */
  readonly fields: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
}
