import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import type { JWK } from "jose";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { ALL_SCOPES, type CapabilityName } from "../../../src/okta/doctor/capabilities.ts";
import { examine } from "../../../src/okta/doctor/doctor.ts";
import type { DoctorReport, Verdict } from "../../../src/okta/doctor/report.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import { type Interception, type Sandbox, type SeenRequest, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { atEnd } from "../api/okta-server.ts";

/** The golden org, as JSON that a test may change. */
export function goldenOrg() {
  return JSON.parse(readFileSync(new URL("../../golden/org.json", import.meta.url), "utf8"));
}

/** A user of the golden org whose only role is Organization Administrator. */
export const OWNER = "00uLNHNHMcaje5WH0Eoq";

export interface Setting {
  readonly org?: unknown;
  readonly intercept?: (request: SeenRequest) => Interception | undefined;
  /** Roles of the token or app. */
  readonly roles?: readonly string[];
  /** The token's owner. */
  readonly userId?: string;
  readonly syncCustomRoles?: boolean;
}

export interface Examined {
  readonly report: DoctorReport;
  readonly sandbox: Sandbox;
  readonly requests: readonly SeenRequest[];
  /** The verdict of each capability. */
  readonly can: Readonly<Record<CapabilityName, Verdict>>;
}

async function examined(sandbox: Sandbox, setting: Setting, access: Parameters<typeof connect>[1]): Promise<Examined> {
  atEnd(() => sandbox.close());
  if (setting.intercept !== undefined) sandbox.intercept(setting.intercept);
  const requests: SeenRequest[] = [];
  sandbox.onRequest((request) => requests.push(request));
  const client = connect(sandbox.url, access);
  const report = await examine(
    {
      client,
      ...(access.kind === "oauthKey" && { clientId: access.clientId, keyId: access.keyId }),
      clock: systemClock,
      share: 0.8,
      concurrency: 35,
      syncInactiveApps: true,
      syncCustomRoles: setting.syncCustomRoles ?? false,
      syncSecrets: false,
    },
    { signal: new AbortController().signal },
  );
  const can = Object.fromEntries(report.capabilities.map((one) => [one.name, one.can]));
  return { report, sandbox, requests, can: can as Examined["can"] };
}

function connect(url: string, credentials: Parameters<typeof createOktaClient>[0]["credentials"]) {
  const client = createOktaClient({ origin: parseDomain(url), credentials, userAgent: "test", env: {} });
  atEnd(() => client.close());
  return client;
}

/** Examines the golden org with an API token whose owner holds these roles. */
export async function withToken(setting: Setting = {}): Promise<Examined> {
  const token = "00tokenOfTheTest";
  const sandbox = await startSandbox({
    org: orgFromJson(setting.org ?? goldenOrg()),
    tokens: [
      {
        token,
        ...(setting.roles !== undefined && { roles: setting.roles }),
        ...(setting.userId !== undefined && { userId: setting.userId }),
      },
    ],
  });
  return await examined(sandbox, setting, { kind: "apiToken", token: new Secret(token) });
}

/** Examines the golden org with an OAuth app that was granted these scopes. */
export async function withApp(
  scopes: readonly string[],
  setting: Setting & { dpop?: boolean } = {},
): Promise<Examined> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(publicKey.export({ format: "jwk" }) as JWK), kid: "key1", alg: "RS256" };
  const clientId = "0oaTest";
  const sandbox = await startSandbox({
    org: orgFromJson(setting.org ?? goldenOrg()),
    oauthClients: [
      {
        clientId,
        publicJwks: [jwk],
        grantedScopes: scopes,
        ...(setting.roles !== undefined && { roles: setting.roles }),
        ...(setting.dpop !== undefined && { dpop: setting.dpop }),
      },
    ],
  });
  const access = { kind: "oauthKey", clientId, key: privateKey, keyId: "key1", scopes: ALL_SCOPES } as const;
  return await examined(sandbox, setting, access);
}

/** The capabilities that have a verdict. */
export function having(can: Examined["can"], verdict: Verdict): string[] {
  return Object.entries(can)
    .filter(([, is]) => is === verdict)
    .map(([name]) => name);
}
