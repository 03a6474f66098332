import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Json, Refusal } from "../connector.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { FullEvery } from "./incremental/state.ts";
import type { Progress, SyncPhase } from "./progress.ts";

/** What a sync reads; with nothing in it: everything. */
export interface Selection {
  /** Only these resource types. */
  readonly types?: readonly string[];
  /** Only these resources, each read singly; of them only those of `types`, where that is given too. */
  readonly resources?: readonly ResourceKey[];
  readonly skipEntitlementsAndGrants?: boolean;
  readonly skipGrants?: boolean;
}

export interface SyncOptions {
  /** The snapshot that is written, or added to where it is there. */
  readonly file: string;
  /** The folder of the working file; beside the snapshot where not given. */
  readonly tempDir?: string;
  /** Whatever must be equal for an interrupted sync to be gone on with: org, flags, the program's version. */
  readonly binding: Json;
  readonly selection: Selection;
  /** `false` leaves the expansion to whoever reads the file. */
  readonly expand?: boolean;
  /** Pages in flight of each (resource type, operation); 0: one page after the other in all. Absent: automatic. */
  readonly workers?: number;
  /** Reads only what has changed since the last full sync in the file, where that can be; see {@link IncrementalChoice}. */
  readonly incremental?: IncrementalChoice;
  /** How many finished full syncs the file keeps, this one among them; 2 where not given, `Infinity`: all. */
  readonly keep?: number;
  /**
   * A resource whose grants the other side refuses or fails to show, for ever, is left as not readable and named in the
   * result, in place of failing the sync.
   */
  readonly skipUnreadable?: boolean;
  readonly clock?: Clock;
  /** Aborted: finish and store the pages in flight, keep the queue, and fail with `cancelled`. */
  readonly stop?: AbortSignal;
  /** Aborted: the same without waiting for anything. */
  readonly signal?: AbortSignal;
  readonly log?: Log;
  readonly onProgress?: (progress: Progress) => void;
  /** Called when everything on this side was found to be in order, before the connector is asked for anything. */
  readonly beforeReading?: () => Promise<void>;
}

/** How a sync that reads only what has changed proves itself, and when everything is read all the same. */
export interface IncrementalChoice {
  /** How many objects that were carried over are read again to see whether they are right; 2 where not given. */
  readonly verifySample?: number;
  /** How often everything is read; every 24 hours where not given. */
  readonly fullEvery?: FullEvery;
  /** Between 0 and 1: draws the sample. */
  readonly random?: () => number;
}

/** How a sync that was to read only what has changed was made. */
export interface Increment {
  readonly mode: "incremental" | "full";
  /** Why everything was read. */
  readonly why?: string;
  /** The sync whose rows were carried over. */
  readonly base?: string;
  /** How many syncs in a row have carried rows over since everything was read. */
  readonly runs: number;
  /** How many readings were made again. */
  readonly readAgain: number;
  /** How many resources are not there any more. */
  readonly removed: number;
  /** How many carried-over objects were read again as a sample, and how many of them were not as they were stored. */
  readonly sampled: number;
  readonly sampleMismatches: number;
  /** How many readings did not have the size that was counted elsewhere, and nothing else had said so. */
  readonly countMismatches: number;
  /** What could not be seen, and so was read again. */
  readonly blind: readonly string[];
}

/** Something that is missing, and how often it was met. */
export interface Refused extends Refusal {
  readonly count: number;
}

/** `v1_sync_runs.sync_type`. */
export type SyncType = "full" | "partial" | "resources_only";

export interface Counts {
  readonly resources: Readonly<Record<string, number>>;
  readonly entitlements: Readonly<Record<string, number>>;
  /** By the type of the entitlement's resource. */
  readonly grants: Readonly<Record<string, number>>;
}

export interface Timing {
  readonly ms: number;
  readonly cpuMs: number;
}

export interface SyncResult {
  readonly syncId: string;
  readonly syncType: SyncType;
  /** Whether this run went on with one that was interrupted. */
  readonly resumed: boolean;
  /** Why what an earlier run had left could not be gone on with; absent where nothing was left. */
  readonly discarded?: string;
  readonly counts: Counts;
  /** What is missing from the snapshot, and why: refused, unreadable or incomplete, whichever run met it. */
  readonly refused: readonly Refused[];
  /** Named resources that are not there, or cannot be read singly. */
  readonly skipped: readonly ResourceKey[];
  /** Resources that vanished between their list and their grants, and are left out. */
  readonly vanished: number;
  /** Grants left out because their principal or their entitlement's resource is not in the sync. */
  readonly leftOut: number;
  readonly fileBytes: number;
  /** How the sync was made, where only what has changed was to be read. */
  readonly increment?: Increment;
  /** What rules found, and how many could not be judged, or not in all cases, where they were asked (`Connector.rules`). */
  readonly judged?: { readonly findings: number; readonly notJudged: number };
  /** Pages read by this run. */
  readonly pages: number;
  /** What this run spent on each phase; `expanding` is part of `sealing`. */
  readonly timings: Readonly<Partial<Record<SyncPhase, Timing>>>;
}
