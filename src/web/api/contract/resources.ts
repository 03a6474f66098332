import type { FindingRow } from "./findings.ts";
import type { Computed, Page, Status, SyncInfo, Thing } from "./shared.ts";

/** `GET /api/search?q=&type=&limit=&sync=`: the likeliest first; `q` of 1 to 200 characters. */
export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** Whether there are more than `limit`. */
  readonly more: boolean;
}

export interface SearchHit extends Thing {
  /** What tells it from others of the name: login or email, or a description. */
  readonly detail: string;
  readonly status: Status;
}

/**
 * `GET /api/resources?type=&q=&status=&admin=&nonHuman=&sort=&desc=&fields=&cursor=&limit=`.
 * `type`: one, or several with commas; none: all. `q`: in name, login, email or id. `admin=true`: who holds an admin role;
 * `nonHuman=true`: identities that are no people.
 * `sort`: `name` (without it), `status`, `held`, `holders`, `lastSignIn`; `desc=true` turns it round. `fields`: up to 12 names
 * of profile fields, with commas.
 */
export type ResourcePage = Page<ResourceRow>;

export interface ResourceRow extends Thing {
  readonly login: string;
  readonly email: string;
  readonly status: Status;
  /** The other side's own word for the status, as `LOCKED_OUT`; `""` where there is none. */
  readonly statusDetail: string;
  /** What else tells it from others: a description, or what sort of app it is. */
  readonly detail: string;
  /** Whether it is an identity that is no person. */
  readonly nonHuman: boolean;
  /** Whether it holds an admin role, itself or through a group. */
  readonly admin: boolean;
  readonly lastSignIn: string | null;
  readonly createdAt: string | null;
  /** How many entitlements it holds, itself or through groups. */
  readonly held: number;
  /** How many hold an entitlement of it, themselves or through groups; who holds two counts twice. */
  readonly holders: number;
  /** The profile's fields that were asked for; `null` where it does not have one. Objects and lists are JSON. */
  readonly fields: Readonly<Record<string, string | null>>;
}

/** `GET /api/resources/:type/:id?sync=`. Type and id are encoded (`encodeURIComponent`). */
export interface ResourceDetail extends ResourceRow {
  readonly typeName: string;
  readonly description: string;
  /** Every field of its profile, by name. Values that are no texts are JSON. */
  readonly profile: readonly { readonly name: string; readonly value: string }[];
  /** What it belongs to, as the manager of a person, the app of a key, the owner of a token. */
  readonly related: readonly { readonly label: string; readonly thing: Thing }[];
  /** The first 200 entitlements of it. */
  readonly entitlements: readonly EntitlementInfo[];
  readonly entitlementsTotal: number;
  /** What findings are about it, worst first, 50 at most. */
  readonly findings: Computed<readonly FindingRow[]>;
  /** In which syncs of the file it is there. */
  readonly seen: { readonly first: SyncInfo; readonly last: SyncInfo; readonly syncs: number };
}

export interface EntitlementInfo {
  readonly id: string;
  readonly name: string;
  /** The last part of the id, as `member`. */
  readonly slug: string;
  readonly description: string;
  /** `ASSIGNMENT`, `PERMISSION`, `OWNERSHIP` or `UNSPECIFIED`. */
  readonly purpose: string;
  /** Whether it is administrative. */
  readonly privileged: boolean;
  /** How many hold it, themselves or through groups. */
  readonly holders: number;
}

/** `GET /api/resources/:type/:id/history`: over the finished full syncs of the file, oldest first. */
export interface History {
  readonly points: readonly HistoryPoint[];
}

export interface HistoryPoint {
  readonly sync: SyncInfo;
  /** Whether it was there. */
  readonly present: boolean;
  /** How many grants it held, and how many there were on it, as they stand in the sync. */
  readonly held: number;
  readonly holders: number;
  readonly status: Status;
}

/**
 * `GET /api/resources/:type/:id/history/changes?cursor=&limit=`: what it gained or lost,
 * and who gained or lost it, between the newest syncs of the file, newest first.
 */
export type HistoryChangePage = Page<HistoryChange>;

export interface HistoryChange {
  readonly sync: SyncInfo;
  readonly change: "added" | "removed";
  /** What it gained or lost (`held`), or who gained or lost it (`holder`). */
  readonly side: "held" | "holder";
  readonly other: Thing;
  readonly entitlement: string;
  readonly entitlementName: string;
}
