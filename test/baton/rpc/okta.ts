import { readFileSync } from "node:fs";
import type { Connector } from "../../../src/baton/connector.ts";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createOktaConnector, type OktaOptions } from "../../../src/okta/connector.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../src/sandbox/sandbox.ts";

export const golden = (file: string) => JSON.parse(readFileSync(`test/golden/${file}`, "utf8"));

/** Everything that can be read. */
export const WHOLE: OktaOptions = {
  syncInactiveApps: true,
  syncCustomRoles: true,
  skipSecondaryEmails: false,
  syncSecrets: true,
  filterEmailDomains: [],
  skipAppGroups: false,
};

/** The golden org in a sandbox. */
export function goldenSandbox(more: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  return startSandbox({ org: orgFromJson(golden("org.json")), limits: "off", ...more } as SandboxOptions);
}

/** The Okta connector on a sandbox. */
export function oktaConnector(sandbox: Sandbox, options: Partial<OktaOptions> = {}, token = sandbox.token): Connector {
  const origin = parseDomain(sandbox.url);
  const client = createOktaClient({
    origin,
    credentials: { kind: "apiToken", token: new Secret(token) },
    userAgent: "test",
    env: {},
  });
  return createOktaConnector({ client, origin, options: { ...WHOLE, ...options }, clock: systemClock, log: silentLog });
}
