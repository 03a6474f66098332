import type { OktaClient } from "../api/client.ts";
import type { ForcedRoute } from "../plan/routes.ts";

/** What it takes to read. */
export type Reader = Pick<OktaClient, "list" | "get">;

/** What it takes to change something too. */
export type Writer = Reader & Pick<OktaClient, "send">;

/** What a sync of Okta is set up to read. */
export interface OktaOptions {
  /** Apps that are not active are read too. */
  readonly syncInactiveApps: boolean;
  /** Custom roles, resource sets and their bindings are read too. */
  readonly syncCustomRoles: boolean;
  readonly skipSecondaryEmails: boolean;
  /** API tokens are read too. */
  readonly syncSecrets: boolean;
  /** What says how far access reaches is read too, and which identities are no people; brings custom roles with it. */
  readonly syncReach?: boolean;
  /** A full sync judges what it has read by this program's rules. */
  readonly syncFindings?: boolean;
  /** Where there are any: only users with an address in one of these domains. */
  readonly filterEmailDomains: readonly string[];
  /** Groups that an app brought with it are left out. */
  readonly skipAppGroups: boolean;
  /** One route in place of the one that ends first; for tests, as the snapshot is the same. */
  readonly route?: ForcedRoute;
}
