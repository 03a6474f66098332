import type { Decision, RemediationStatus } from "./population/item.ts";

/** A time as texts hold it: RFC 3339, UTC. */
type Time = string;

export interface Started {
  readonly kind: "started";
  readonly time: Time;
  readonly review: string;
  readonly by: string;
  /** SHA-256 of each file that is frozen by now. */
  readonly files: Readonly<Record<string, string>>;
  /** The key that signed the start; empty where none did. */
  readonly signedBy: string;
}

/** A line that was cut off was taken from the journal's end: what it was is not known. */
export interface Healed {
  readonly kind: "healed";
  readonly time: Time;
  readonly bytes: number;
  readonly sha256: string;
}

export interface SheetIssued {
  readonly kind: "sheet";
  readonly time: Time;
  readonly reviewer: string;
  readonly items: number;
  readonly file: string;
  readonly sha256: string;
}

export interface Delegated {
  readonly kind: "delegated";
  readonly time: Time;
  /** Empty: items that nobody had. */
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly reason: string;
  readonly items: readonly string[];
}

export interface Decided {
  readonly kind: "decided";
  readonly time: Time;
  readonly item: string;
  readonly reviewer: string;
  readonly decision: Decision;
  readonly justification: string;
  readonly via: "sheet" | "page" | "command";
  /** The SHA-256 of the sheet that it stood in; empty where it was none. */
  readonly sheet: string;
  /** It came faster than a person reads. */
  readonly fast: boolean;
  /** How many were decided at once. */
  readonly together: number;
}

/** A revocation is about to be sent. */
export interface Revoking {
  readonly kind: "revoking";
  readonly time: Time;
  readonly item: string;
  readonly by: string;
}

/** How a revocation ended, or what was found of it later. */
export interface Remediated {
  readonly kind: "remediated";
  readonly time: Time;
  readonly item: string;
  readonly status: Exclude<RemediationStatus, "NONE" | "OPEN">;
  readonly what: string;
  /** The file of the reading that shows it, and its hash; or the snapshot's hash. Empty where there is none. */
  readonly proof: { readonly file: string; readonly sha256: string } | null;
  /** Of what a later sync shows: when that began. Absent where the access itself was looked at, or nothing was. */
  readonly syncStartedAt?: Time;
  readonly by: string;
}

export interface Closed {
  readonly kind: "closed";
  readonly time: Time;
  readonly by: string;
  readonly files: Readonly<Record<string, string>>;
  readonly signedBy: string;
}

/** The folder of what the other side showed after revocations. */
export const PROOFS_FOLDER = "proofs";

/** Whatever stands in a journal. */
export type JournalRecord = Started | Healed | SheetIssued | Delegated | Decided | Revoking | Remediated | Closed;
