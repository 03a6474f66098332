import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Evidence } from "./evidence.ts";
import type { ResourceKey } from "./ids.ts";

/** How dangerous a change is, the worst first. */
export const DANGER_LEVELS = ["critical", "high", "medium", "low", "info"] as const;

export type DangerLevel = (typeof DANGER_LEVELS)[number];

/** A kind of change, and how dangerous it is. */
export interface Danger {
  /** What happened, as `new super administrator`. */
  readonly title: string;
  readonly level: DangerLevel;
}

/** One row in which two syncs differ, as far as it says how dangerous that is. */
export interface ChangedRow {
  readonly change: "added" | "removed" | "changed";
  readonly what: "grant" | "resource" | "entitlement" | "resourceType";
  /** Of a grant or an entitlement: what it is on. Of a resource: itself. */
  readonly resource: ResourceKey;
  /** Of grants and entitlements. */
  readonly entitlementId?: string;
  /** Of a resource: as it is now, or as it was where it is gone. */
  readonly message?: () => Resource;
}

/** What is dangerous about changes. */
export interface Dangers {
  /** Every kind of change, the worst first. */
  readonly kinds: readonly Danger[];
  /** Tells the kinds of changes apart, once it has seen what there is now: an index into {@link kinds}. */
  judge(now: Evidence): (row: ChangedRow) => number;
}
