import type { Connector } from "../baton/connector.ts";
import { createOktaClient } from "../okta/api/create-client.ts";
import { parseDomain } from "../okta/api/http/domain.ts";
import { createOktaConnector } from "../okta/connector.ts";
import { systemClock } from "../runtime/clock.ts";
import { silentLog } from "../runtime/log/log.ts";
import { Secret } from "../runtime/secrets/secret.ts";
import { version } from "../runtime/version.ts";

/** The connector with everything switched on, for what it says of itself: it can send nothing that Okta would take. */
export function offlineConnector(): Connector {
  const origin = parseDomain("example.okta.com");
  return createOktaConnector({
    client: createOktaClient({
      origin,
      credentials: { kind: "apiToken", token: new Secret("none") },
      userAgent: `baton-okta/${version}`,
    }),
    origin,
    options: {
      syncInactiveApps: true,
      syncCustomRoles: true,
      skipSecondaryEmails: false,
      syncSecrets: true,
      filterEmailDomains: [],
      skipAppGroups: false,
    },
    clock: systemClock,
    log: silentLog,
  });
}
