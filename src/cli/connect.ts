import type { Connector } from "../baton/connector.ts";
import type { OktaClient } from "../okta/api/client.ts";
import { createOktaClient, type OktaClientOptions } from "../okta/api/create-client.ts";
import { type OktaOrigin, parseDomain } from "../okta/api/http/domain.ts";
import { createOktaConnector } from "../okta/connector.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import { version } from "../runtime/version.ts";
import { identityOf, readCredentials, replaceable, type Uses } from "./credentials.ts";
import type { FlagValues } from "./flags/flags.ts";

/** What a connection is made with, besides the settings. */
export interface ConnectOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** The resource types that are read, where not all are: OAuth asks for their scopes only. */
  readonly types?: readonly string[] | undefined;
  /** What is done besides reading resources. */
  readonly uses?: Uses;
  /** What observes each request, and what is to be known of the connection: an `Observation`. */
  readonly observer?: ConnectionObserver;
  readonly clock?: Clock;
}

/** What is watched: a connector, and what it talks to Okta with where it does. */
export interface Watched {
  readonly connector: Connector;
  readonly client?: OktaClient;
}

/** Somebody who watches a connection. */
export interface ConnectionObserver {
  readonly client: Pick<OktaClientOptions, "onAnswer" | "onUnanswered">;
  /** Takes the connection in; what it gives back is used in its stead. */
  watch<W extends Watched>(connection: W): W;
}

/** The connector that the settings describe, and what it talks to Okta with. Close the connector when done. */
export interface Connection {
  readonly client: OktaClient;
  readonly connector: Connector;
  readonly origin: OktaOrigin;
}

/** Puts the connector together. Nothing is sent to Okta yet. Throws a `Failure` of kind `usage` for bad settings. */
export async function connect(values: FlagValues, options: ConnectOptions): Promise<Connection> {
  const { env, log, types, uses, observer, clock = systemClock } = options;
  const origin = parseDomain(values.domain ?? "");
  const credentials = await replaceable(await readCredentials(values, types, uses), env);
  const client = createOktaClient({
    origin,
    credentials,
    share: values["rate-limit-share"],
    timeoutMs: values["http-timeout-seconds"] * 1000,
    userAgent: `baton-okta/${version}`,
    env,
    log: ({ level, message, details }) => log[level](message, details),
    ...observer?.client,
  });
  const connector = createOktaConnector({
    client,
    origin,
    options: {
      syncInactiveApps: values["sync-inactive-apps"],
      syncCustomRoles: values["sync-custom-roles"],
      skipSecondaryEmails: values["skip-secondary-emails"],
      syncSecrets: values["sync-secrets"],
      syncReach: values["sync-reach"],
      syncFindings: values["sync-findings"],
      filterEmailDomains: values["filter-email-domains"],
      skipAppGroups: values["skip-app-groups"],
    },
    clock,
    log,
    share: values["rate-limit-share"],
    identity: identityOf(credentials),
  });
  const connection = { client, connector, origin };
  return observer?.watch(connection) ?? connection;
}
