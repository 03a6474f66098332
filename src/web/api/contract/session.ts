import type { Kind, Role, SyncInfo } from "./shared.ts";

/** A resource type of the sync. */
export interface ResourceTypeInfo {
  readonly id: string;
  /** As the connector calls it; the id where it does not. */
  readonly name: string;
  readonly kind: Kind;
  readonly resources: number;
  readonly entitlements: number;
  /** Grants on resources of the type. */
  readonly grants: number;
  /** Names of the profile's fields, to be asked for with `fields=`: of a sample until everything was read. */
  readonly fields: readonly string[] | null;
}

/** `GET /api/session`: who looks, at what. */
export interface Session {
  /** Who signed in; `null` where the page is served on this machine for whoever has its address. */
  readonly user: { readonly name: string; readonly email: string } | null;
  readonly roles: readonly Role[];
  /** To be sent as `X-CSRF-Token` with every request that is not GET. */
  readonly csrf: string;
  /** The name of the snapshot's file, without its folder. */
  readonly file: string;
  /** The org, where it was named (`--org`); else `""`. */
  readonly org: string;
  /** The program's version. */
  readonly version: string;
  /** The sync that is shown without `sync=`; `null` where the file holds none. */
  readonly sync: string | null;
  /** Every sync of the file, oldest first. */
  readonly syncs: readonly SyncInfo[];
  /** The resource types of that sync. */
  readonly types: readonly ResourceTypeInfo[];
  /** Which views there are for these roles. */
  readonly views: {
    readonly explore: boolean;
    readonly findings: boolean;
    readonly changes: boolean;
    readonly signOut: boolean;
  };
}

/** `POST /api/sign-out`: ends the session. `next` is where to go then. */
export interface SignedOut {
  readonly next: string;
}
