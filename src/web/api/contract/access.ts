import type { ResourceRow } from "./resources.ts";
import type { Kind, Page, Status, Thing } from "./shared.ts";

/** One way in which something is held. */
export interface PathInfo {
  /**
   * `direct`; `group`: as a member of the last of `via`; `rule`: a rule may have put it there, which is never certain;
   * `unknown`: the other side lists the principal, and nothing in the snapshot explains it.
   */
  readonly kind: "direct" | "group" | "rule" | "unknown";
  readonly via: readonly Thing[];
  /** The other side says so itself, or it follows from what it says of others. */
  readonly knownBy: "stated" | "deduced";
}

/** What both sides of a holding share: who has something, and why. */
export interface Why {
  /** Held itself, only through something else, or (`null`) not known. */
  readonly direct: boolean | null;
  /** Why, in a line for people. */
  readonly why: string;
  readonly paths: readonly PathInfo[];
}

/**
 * `GET /api/resources/:type/:id/access?type=&q=&direct=&privileged=&cursor=&limit=`: what a person, group or app can
 * reach, itself and through groups, administrative access first. `type`: of the resource; `q`: in its name; `direct`: `true`,
 * `false` or `unknown`.
 */
export type AccessPage = Page<AccessRow>;

export interface AccessRow extends Why {
  readonly entitlement: string;
  readonly entitlementName: string;
  readonly resource: Thing;
  readonly privileged: boolean;
}

/** `GET /api/resources/:type/:id/graph`: what leads where, for a picture. 150 nodes at most, the weightiest first. */
export interface AccessGraphPicture {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** What is left out, by kind, as there is more than fits. */
  readonly leftOut: readonly { readonly kind: Kind; readonly count: number }[];
}

export interface GraphNode extends Thing {
  /** `<type>:<id>` */
  readonly key: string;
  /** Steps from the one that is asked about, which is 0: groups, then what these hold, then what roles reach. */
  readonly layer: number;
  readonly privileged: boolean;
  /** Of roles: what they reach, where it is no single thing, as `everything` or `all groups`. */
  readonly note: string;
}

export interface GraphEdge {
  /** Keys of nodes. */
  readonly from: string;
  readonly to: string;
  /** `member` of a group; `holds` an entitlement; `rule`: a rule fills the group; `reaches`: a role reaches it. */
  readonly kind: "member" | "holds" | "rule" | "reaches";
  /** The entitlement's name, or how far it reaches. */
  readonly label: string;
  readonly knownBy: "stated" | "deduced" | "unknown";
}

/**
 * `GET /api/resources/:type/:id/holders?entitlement=&type=&q=&direct=&status=&cursor=&limit=`: who holds it and why, by
 * name. `entitlement`: an id; none: the first of the resource. `type`: of the holders.
 */
export type HolderPage = Page<HolderRow>;

export interface HolderRow extends Why {
  readonly principal: Thing;
  readonly login: string;
  readonly email: string;
  readonly status: Status;
  readonly entitlement: string;
  readonly entitlementName: string;
}

/** `GET /api/compare?left=TYPE:ID&right=TYPE:ID&only=&q=&cursor=&limit=`. `only`: `left`, `right`, `both` or `different`. */
export interface Compared extends Page<ComparedRow> {
  readonly left: ResourceRow;
  readonly right: ResourceRow;
  readonly counts: { readonly left: number; readonly right: number; readonly both: number };
}

export interface ComparedRow {
  readonly entitlement: string;
  readonly entitlementName: string;
  readonly resource: Thing;
  readonly privileged: boolean;
  /** `null` where it does not hold it. */
  readonly left: Why | null;
  readonly right: Why | null;
}

/**
 * `GET /api/admins?limit=`: who is admin through what, for a flow or a treemap: people -> directly or a group -> a role.
 * The largest first, `limit` (200 at most) flows; `leftOut` says how many more there are.
 */
export interface AdminFlows {
  /** People, without double counting, who hold any admin role. */
  readonly admins: number;
  readonly flows: readonly AdminFlow[];
  readonly leftOut: number;
  readonly roles: readonly AdminRole[];
  /** Why there may be more, in phrases. */
  readonly notKnown: readonly string[];
}

/** A role that somebody holds, and how many do. */
export interface AdminRole {
  readonly role: Thing;
  readonly people: number;
  readonly groups: number;
  readonly apps: number;
}

export interface AdminFlow {
  /** `direct`, through a group (`via`), or not known. */
  readonly kind: "direct" | "group" | "unknown";
  readonly via: Thing | null;
  readonly role: Thing;
  /** How many hold it in this way. */
  readonly people: number;
}
