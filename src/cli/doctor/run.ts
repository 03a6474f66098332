import type { Credentials } from "../../okta/api/auth/credentials.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { createOktaClient } from "../../okta/api/create-client.ts";
import { parseDomain } from "../../okta/api/http/domain.ts";
import { ALL_SCOPES } from "../../okta/doctor/capabilities.ts";
import { examine } from "../../okta/doctor/doctor.ts";
import type { DoctorReport } from "../../okta/doctor/report.ts";
import { isTokenRefusal } from "../../okta/plan/probe.ts";
import { USERS } from "../../okta/users/visibility.ts";
import { systemClock } from "../../runtime/clock.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { readCredentials } from "../credentials.ts";
import type { FlagValues } from "../flags/flags.ts";
import { planSettings } from "../plan/settings.ts";

/** Examines the org and the credentials that the settings name. Throws a `Failure` where they do not get in. */
export async function examineOrg(values: FlagValues, env: NodeJS.ProcessEnv, log: Log): Promise<DoctorReport> {
  const origin = parseDomain(values.domain ?? "");
  const given = await readCredentials(values, undefined);
  const open: OktaClient[] = [];
  const connect = (credentials: Credentials): OktaClient => {
    const client = createOktaClient({
      origin,
      credentials,
      share: values["rate-limit-share"],
      timeoutMs: values["http-timeout-seconds"] * 1000,
      userAgent: `baton-okta/${version}`,
      env,
      log: ({ level, message, details }) => log[level](message, details),
    });
    open.push(client);
    return client;
  };
  const shutdown = onShutdown();
  try {
    const call = { signal: AbortSignal.any([shutdown.stop, shutdown.now]) };
    const client = given.kind === "apiToken" ? connect(given) : await withGrantedScopes(given, connect, call.signal);
    return await examine(
      {
        client,
        ...(given.kind === "oauthKey" && { clientId: given.clientId, keyId: given.keyId }),
        clock: systemClock,
        ...planSettings(values),
      },
      call,
    );
  } finally {
    shutdown.dispose();
    for (const client of open) client.close();
  }
}

/**
 * A client whose token has every scope that the app was granted. Okta leaves the others out of the token; where an org
 * refuses the token instead, the scopes are asked for one by one.
 */
async function withGrantedScopes(
  credentials: Extract<Credentials, { kind: "oauthKey" }>,
  connect: (credentials: Credentials) => OktaClient,
  signal: AbortSignal,
): Promise<OktaClient> {
  const all = connect({ ...credentials, scopes: ALL_SCOPES });
  const refused = await tokenRefusal(all, signal);
  if (refused === undefined) return all;
  const granted: string[] = [];
  for (const scope of ALL_SCOPES) {
    if ((await tokenRefusal(connect({ ...credentials, scopes: [scope] }), signal)) === undefined) granted.push(scope);
  }
  if (granted.length === 0) throw refused;
  return connect({ ...credentials, scopes: granted });
}

/** Why Okta gives no token with these scopes; `undefined` where it gives one. Throws where that is not about scopes. */
async function tokenRefusal(client: OktaClient, signal: AbortSignal): Promise<unknown> {
  try {
    await client.list(`${USERS}&limit=1`, { signal });
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (isTokenRefusal(error)) {
      if (error.answer?.code !== "invalid_scope") throw error;
      return error;
    }
    // Whatever else is wrong the examination finds out and tells.
  }
  return undefined;
}
