import type { ChangeCounts } from "./changes.ts";
import type { FindingCounts } from "./findings.ts";
import type { Computed, SyncCounts, SyncInfo } from "./shared.ts";

/** `GET /api/overview?sync=` */
export interface Overview {
  readonly sync: SyncInfo;
  /** How old the picture is: since the sync ended, or began where it did not end; `null` where the file does not say. */
  readonly ageMs: number | null;
  /** Whether the sync read everything: it finished, it is a full one, and nothing was refused. */
  readonly complete: boolean;
  /** What could not be read, in sentences of the sync. What is missing is not known: it does not mean "nobody". */
  readonly missing: readonly string[];
  /** Whether a writer that notes what it could not read wrote the sync; if not, an empty `missing` says nothing. */
  readonly missingKnown: boolean;
  readonly counts: SyncCounts;
  /** Numbers of the first line. */
  readonly headline: Computed<Headline>;
  readonly findings: Computed<FindingCounts>;
  /** Since the full sync before in the same file. */
  readonly changes: Computed<ChangeCounts>;
  /** One for each finished full sync of the file, oldest first: a line of counts. */
  readonly history: readonly { readonly sync: SyncInfo; readonly counts: SyncCounts }[];
}

/** Numbers that take a look at all of a sync. */
export interface Headline {
  readonly people: number;
  /** People by status: `ENABLED`, `DISABLED`, `DELETED`, `UNSPECIFIED`. */
  readonly peopleByStatus: Readonly<Record<string, number>>;
  readonly groups: number;
  readonly apps: number;
  readonly roles: number;
  /** People who hold an admin role, themselves or through a group. `null`: roles were not read. */
  readonly admins: number | null;
  /** Service accounts, apps that act by themselves, and secrets such as API tokens. */
  readonly nonHuman: {
    readonly total: number;
    readonly serviceAccounts: number;
    readonly apps: number;
    readonly secrets: number;
    /** What was not read and would belong here, in phrases. */
    readonly notKnown: readonly string[];
  };
  readonly grants: number;
}
