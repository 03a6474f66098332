/** What a sync does: reading is most of it. */
export type SyncPhase = "reading" | "sealing" | "expanding" | "packing";

/**
 * What a lane does: list resources, ask for their entitlements, read grants of resources or of a whole type, read single
 * resources, ask principals what they hold, or ask again where lists contradict each other.
 */
export type Operation =
  | "list"
  | "held"
  | "entitlements"
  | "grants"
  | "all grants"
  | "get"
  | "check"
  | "changes"
  | "one";

/** How far the reading of one (resource type, operation) is. */
export interface LaneProgress {
  /** The resource type, or the name of a reading that several types share. */
  readonly name: string;
  readonly operation: Operation;
  /** Pages stored by this run. */
  readonly pages: number;
  /** Resources, entitlements or grants on those pages. */
  readonly items: number;
  /** Pages that are known to be still unread, those in flight among them. */
  readonly queued: number;
  readonly inFlight: number;
}

/** How far a sync is. */
export interface Progress {
  readonly phase: SyncPhase;
  /** When this run started, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Only those that have had something to do. */
  readonly lanes: readonly LaneProgress[];
}
