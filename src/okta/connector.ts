import type { Connector, ResourceTypeSupport } from "../baton/connector.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { PageChains } from "../runtime/page-chains.ts";
import { createAccounts } from "./accounts/accounts.ts";
import { createActions } from "./actions/actions.ts";
import type { OktaClient } from "./api/client.ts";
import type { OktaOrigin } from "./api/domain.ts";
import { createFeed } from "./events/feed.ts";
import { apiTokens } from "./resources/api-tokens.ts";
import { apps } from "./resources/apps.ts";
import { bindings } from "./resources/bindings.ts";
import { customRoles } from "./resources/custom-roles.ts";
import { devices } from "./resources/devices.ts";
import { groups } from "./resources/groups.ts";
import { forgetting, Memo } from "./resources/memo.ts";
import type { OktaOptions, Writer } from "./resources/options.ts";
import { createPrincipals } from "./resources/principals.ts";
import { MAX_EMPTY_PAGES } from "./resources/reading.ts";
import { resourceSets } from "./resources/resource-sets.ts";
import { createRoleHolders } from "./resources/role-holders.ts";
import { roles } from "./resources/roles.ts";
import type { Source } from "./resources/source.ts";
import { users } from "./resources/users.ts";
import { mustSeeUsers } from "./resources/visible-users.ts";

export type { OktaOptions };

/** What the connector is made of. */
export interface OktaConnectorParts {
  readonly client: Writer & Partial<Pick<OktaClient, "close">>;
  readonly origin: OktaOrigin;
  readonly options: OktaOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** The Okta connector: the resource types that the options switch on, in the order in which they are always listed. */
export function createOktaConnector({ client, origin, options, clock, log }: OktaConnectorParts): Connector {
  const memo = new Memo(clock);
  const principals = createPrincipals(client, options, memo);
  const chains = new PageChains(MAX_EMPTY_PAGES);
  const source: Source = { client: forgetting(client, memo), origin, options, clock, log, memo, chains, principals };
  const holders = createRoleHolders(source);
  const types: ResourceTypeSupport[] = [users(source), groups(source), apps(source), roles(source, holders)];
  if (options.syncCustomRoles) types.push(customRoles(source, holders), resourceSets(source), bindings(source));
  if (options.syncSecrets) types.push(apiTokens(source));
  types.push(devices(source));
  return {
    metadata: {
      displayName: "Okta",
      description: "Reads users, groups, apps, admin roles and what else decides who may do what in an Okta org",
      externalUrl: origin.url,
    },
    types,
    accounts: createAccounts(source),
    actions: createActions(source),
    events: createFeed({ client, clock, log }),
    validate: (call) => mustSeeUsers(client, call),
    forget: (syncId) => memo.forget(syncId),
    async close() {
      client.close?.();
    },
  };
}
