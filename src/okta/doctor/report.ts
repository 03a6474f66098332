import type { LimitReport, SyncEstimate } from "../plan/report.ts";
import type { CapabilityName } from "./capabilities.ts";

/** Whether something can be done: all of it, parts of it, nothing of it, or nothing tells without trying. */
export type Verdict = "yes" | "partly" | "no" | "cannot tell";

/** What would have to be granted. */
export interface Missing {
  /** OAuth scopes. */
  readonly scopes?: readonly string[];
  /** The admin role, in words. */
  readonly adminRole?: string;
}

/** One capability of the connector. */
export interface CapabilityReport {
  readonly name: CapabilityName;
  /** As `Provision groups`. */
  readonly label: string;
  readonly can: Verdict;
  /** Why it is not a plain yes, and what it does not cover. */
  readonly why?: string;
  readonly missing?: Missing;
}

/** How far a custom role reaches in one sort of object, as its resource set says. */
export type Reach = "all" | "some" | "none" | "unknown";

/** An assignment of a custom role. */
export interface CustomRoleHeld {
  readonly role: string;
  readonly label: string;
  /** Absent where they are not readable. */
  readonly permissions?: readonly string[];
  readonly resourceSet?: string;
  readonly reach: { readonly users: Reach; readonly groups: Reach; readonly apps: Reach };
}

/** The admin roles of the token's owner or of the app. */
export interface RolesHeld {
  /** Types of standard roles, as `SUPER_ADMIN`. */
  readonly standard: readonly string[];
  readonly custom: readonly CustomRoleHeld[];
}

/** What is known of an API token besides its value, which is never shown. */
export interface TokenReport {
  readonly name: string;
  readonly id: string;
  readonly created?: string;
  readonly lastUpdated?: string;
  readonly expiresAt?: string;
  /** Whole days since it was made. */
  readonly ageDays?: number;
  /** Whole days until it expires where it is not used. */
  readonly daysLeft?: number;
  /** Where calls with it may come from, in Okta's words, as `ANYWHERE`. */
  readonly network?: string;
}

/** What is known of an OAuth app's key besides the key itself. */
export interface KeyReport {
  /** Its `kid`. */
  readonly id: string;
  readonly created: string;
  /** Whole days since it was made. */
  readonly ageDays: number;
}

/** Who the credentials stand for. */
export interface CredentialsReport {
  readonly method: "api token" | "private key";
  /** The token's owner; absent where Okta does not say. */
  readonly owner?: { readonly id: string; readonly login?: string; readonly status?: string };
  readonly clientId?: string;
  readonly scopes?: { readonly granted: readonly string[]; readonly notGranted: readonly string[] };
  /** Whether the app's tokens are bound to a key (DPoP); absent for an API token. */
  readonly dpop?: boolean;
  /** Absent where they are not readable; `rolesUnknown` says why. */
  readonly roles?: RolesHeld;
  readonly rolesUnknown?: string;
  readonly token?: TokenReport;
  /** Why nothing is said of the token. */
  readonly tokenUnknown?: string;
  /** The key with which an OAuth app signs in. */
  readonly key?: KeyReport;
  /** Why nothing is said of the key. */
  readonly keyUnknown?: string;
  /** Whether the token or key is so old that it should be renewed; absent where its age is not known. */
  readonly renew?: boolean;
}

/** What the doctor found. Everything in it may be shown: it holds no secret. */
export interface DoctorReport {
  readonly org: string;
  /** By Okta's clock, RFC 3339. */
  readonly checkedAt: string;
  readonly credentials: CredentialsReport;
  readonly capabilities: readonly CapabilityReport[];
  /** How far Okta's clock is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
  readonly rateLimitShare: number;
  readonly limits: readonly LimitReport[];
  /** Absent where users or groups are not readable. */
  readonly sync?: SyncEstimate;
  /** Requests that were sent to find all this out. */
  readonly calls: number;
}
