/** What somebody may do: `viewer` reads everything, `reviewer` nothing here, as reviews have a page of their own, `owner` what viewers may. */
export type Role = "viewer" | "reviewer" | "owner";

/** The body of an answer that is not 2xx. `message` is for people. */
export interface ApiError {
  readonly error: {
    readonly code:
      | "badRequest"
      | "signInNeeded"
      | "notAllowed"
      | "notFound"
      | "methodNotAllowed"
      | "tooLarge"
      | "wrongHost"
      | "tooMany"
      | "failed";
    readonly message: string;
  };
}

/** A part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the next part; `null` at the end. */
  readonly next: string | null;
  /** How many rows there are in all; `null` where counting them would take too long. */
  readonly total: number | null;
}

/** Something that is worked out in the background, once for each sync. */
export type Computed<T> =
  | { readonly state: "ready"; readonly value: T }
  /** Ask again in a second. */
  | { readonly state: "working" }
  /** It cannot be told, and why: as there is no earlier sync, or the rules were not given. It does not mean "none". */
  | { readonly state: "notKnown"; readonly message: string };

/** A list that is worked out in the background: while it is, or where it cannot be, `rows` is empty and `state` says so. */
export type ComputedPage<Row> = Page<Row> & {
  readonly state: "ready" | "working" | "notKnown";
  /** With `notKnown`: why. */
  readonly message?: string;
};

/** What a resource is to people, by the traits of its type. */
export type Kind = "person" | "group" | "app" | "role" | "secret" | "other";

/** Somebody or something, as it is named in a row. */
export interface Thing {
  readonly type: string;
  readonly id: string;
  /** `""` where the snapshot does not say; show the id then. */
  readonly name: string;
  readonly kind: Kind;
  /** Whether the snapshot holds it; `false`: something names it, and it is not there. */
  readonly known: boolean;
}

/** As the snapshot states it of a resource; `UNSPECIFIED`: it does not. */
export type Status = "ENABLED" | "DISABLED" | "DELETED" | "UNSPECIFIED";

/** One sync of the file. */
export interface SyncInfo {
  readonly id: string;
  /** `full`, `partial`, `resources_only`; others exist. */
  readonly type: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** `false`: it was begun and did not end, so what it holds is not complete. */
  readonly finished: boolean;
  /** What its writer counted; `null` where the file does not say. */
  readonly counts: SyncCounts | null;
}

/** How much a sync holds. */
export interface SyncCounts {
  readonly resources: number;
  readonly entitlements: number;
  readonly grants: number;
  readonly resourcesByType: Readonly<Record<string, number>>;
  /** By the type of the resource that a grant is on. */
  readonly grantsByType: Readonly<Record<string, number>>;
}
