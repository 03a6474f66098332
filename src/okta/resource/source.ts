import type { Call } from "../../baton/connector.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { PageChains } from "../../runtime/page-chains.ts";
import type { OktaOrigin } from "../api/http/domain.ts";
import type { OktaGroup, OktaUser } from "../api/json/objects.ts";
import type { Memo } from "./memo.ts";
import type { OktaOptions, Writer } from "./options.ts";

/** Tells which users and groups of an answer are in. */
export interface PrincipalFilter {
  /** Whether a user is in, by its own profile. */
  takesUser(user: OktaUser): boolean;
  /** Whether a group is in, by its type. */
  takesGroup(group: OktaGroup): boolean;
}

/** Which users and groups are in. */
export interface Principals {
  /** Whether users are filtered at all. */
  readonly usersFiltered: boolean;
  /**
   * The filter for what a request shows, to be made before the request is sent: it remembers for the sync what it finds,
   * and what was changed meanwhile makes the sync forget that too.
   */
  filter(call: Call): PrincipalFilter;
  /** Those of the users, known by nothing but their ids, that are in. Asks Okta for what the sync does not know. */
  users(ids: readonly string[], call: Call): Promise<readonly string[]>;
  /** Those of the groups, known by nothing but their ids, that are in. */
  groups(ids: readonly string[], call: Call): Promise<readonly string[]>;
}

/** What every resource type is made with. */
export interface Source {
  /** Forgets what is remembered whenever something is changed. */
  readonly client: Writer;
  readonly origin: Pick<OktaOrigin, "url">;
  readonly clock: Clock;
  readonly options: OktaOptions;
  readonly log: Log;
  readonly memo: Memo;
  /** Sees that every list ends, by its paths. */
  readonly chains: PageChains;
  readonly principals: Principals;
}
