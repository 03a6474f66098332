import type { Connector, ResourceTypeSupport } from "../baton/connector.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import { PageChains } from "../runtime/page-chains.ts";
import { createActions } from "./actions/actions.ts";
import type { OktaClient } from "./api/client.ts";
import type { OktaOrigin } from "./api/http/domain.ts";
import { throughSdk } from "./api/sdk/typed-client.ts";
import { apps } from "./apps/apps.ts";
import { appsByGroup } from "./apps/route.ts";
import { createChanges } from "./changes/changes.ts";
import { createRevalidations, sourceCacheOf } from "./changes/revalidation.ts";
import { clientCredentials } from "./clients/credentials.ts";
import { apiScopes } from "./clients/scopes.ts";
import { devices } from "./devices/devices.ts";
import { createFeed } from "./events/feed.ts";
import { groups } from "./groups/groups.ts";
import { membersByUser } from "./groups/route.ts";
import { groupRules } from "./groups/rules/rules.ts";
import { createRoutesOfSync } from "./plan/listed.ts";
import { invalidateOnWrite, Memo } from "./resource/memo.ts";
import type { OktaOptions, Writer } from "./resource/options.ts";
import { createPrincipals } from "./resource/principals.ts";
import { MAX_EMPTY_PAGES } from "./resource/reading.ts";
import type { Source } from "./resource/source.ts";
import { customRoleType, groupType, roleType } from "./resource/types.ts";
import { bindings } from "./resource-sets/bindings/bindings.ts";
import { resourceSets } from "./resource-sets/sets.ts";
import { RISKS } from "./risks/risks.ts";
import { customRoles } from "./roles/custom/roles.ts";
import { createRoleHolders } from "./roles/holders.ts";
import { roleAssignments } from "./roles/reach/assignments.ts";
import { roles } from "./roles/roles.ts";
import { apiTokens } from "./tokens/tokens.ts";
import { createAccounts } from "./users/accounts/accounts.ts";
import { createPasswords } from "./users/accounts/passwords.ts";
import { userFactors } from "./users/factors/factors.ts";
import { users } from "./users/users.ts";
import { mustSeeUsers } from "./users/visibility.ts";

export type { OktaOptions };

/** What the connector is made of. */
export interface OktaConnectorDeps {
  readonly client: Writer & Partial<Pick<OktaClient, "close" | "buckets">>;
  /** The part of each rate limit that may be used; 0.8 where not given. */
  readonly share?: number;
  readonly origin: OktaOrigin;
  readonly options: OktaOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** A digest of whose access this is: with other credentials other things may be seen. */
  readonly identity?: string;
}

/** The Okta connector: the resource types that the options switch on, in the order in which they are always listed. */
export function createOktaConnector({
  client,
  origin,
  options: asked,
  clock,
  log,
  share = 0.8,
  identity,
}: OktaConnectorDeps): Connector {
  // How far a custom role reaches is for nothing where the role itself is not read.
  const options = { ...asked, syncCustomRoles: asked.syncCustomRoles || asked.syncReach === true };
  const memo = new Memo(clock);
  const principals = createPrincipals(client, options, memo);
  const chains = new PageChains(MAX_EMPTY_PAGES);
  const source: Source = {
    client: invalidateOnWrite(throughSdk(client, origin.url), memo),
    origin,
    options,
    clock,
    log,
    memo,
    chains,
    principals,
  };
  const holders = createRoleHolders(source);
  const { usersFiltered } = principals;
  const routesOf = createRoutesOfSync({ options, usersFiltered, share, buckets: () => client.buckets?.() ?? [] });
  const proofs = createRevalidations(source);
  const sourceCache = sourceCacheOf(source, identity ?? "");
  const types: ResourceTypeSupport[] = [
    users(source),
    { ...groups(source, proofs.groups), otherRoute: membersByUser(source, routesOf) },
    { ...apps(source, proofs.apps), otherRoute: appsByGroup(source, routesOf) },
    roles(source, holders),
  ];
  if (options.syncCustomRoles) types.push(customRoles(source, holders), resourceSets(source), bindings(source));
  if (options.syncSecrets) types.push(apiTokens(source));
  if (options.syncReach) {
    types.push(groupRules(source), roleAssignments(source, holders), apiScopes(source), clientCredentials(source));
    types.push(userFactors(source, holders));
  }
  types.push(devices(source));
  return {
    metadata: {
      displayName: "Okta",
      description: "Reads users, groups, apps, admin roles and what else decides who may do what in an Okta org",
      externalUrl: origin.url,
    },
    ...(identity !== undefined && { identity }),
    types,
    heldTypes: { [groupType.id]: [roleType.id, customRoleType.id] },
    accounts: createAccounts(source),
    passwords: createPasswords(source),
    actions: createActions(source),
    events: createFeed({ client, clock, log }),
    // What the reach of identities adds is read whole each time: nothing tells of its changes yet.
    ...(options.syncReach === true
      ? {
          noChangesReason:
            "with --sync-reach it is each time, as Okta tells too little of how group rules, factors, credentials and scopes change",
        }
      : { changes: createChanges(source) }),
    ...(options.syncFindings === true && { rules: RISKS }),
    ...(sourceCache !== undefined && { sourceCache }),
    validate: (call) => mustSeeUsers(client, call),
    forget(syncId) {
      memo.forget(syncId);
      routesOf.forget(syncId);
    },
    async close() {
      client.close?.();
    },
  };
}
