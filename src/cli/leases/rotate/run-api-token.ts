import KSUID from "ksuid";
import { lengthOf, shownTime } from "../../../baton/leases/time.ts";
import { audited, auditFile } from "../../../baton/provision/audit.ts";
import { createOktaClient } from "../../../okta/api/create-client.ts";
import { parseDomain } from "../../../okta/api/http/domain.ts";
import { systemClock } from "../../../runtime/clock.ts";
import { configFileOf } from "../../../runtime/config/file.ts";
import { Failure } from "../../../runtime/failure.ts";
import { Secret } from "../../../runtime/secrets/secret.ts";
import { onShutdown } from "../../../runtime/shutdown.ts";
import { version } from "../../../runtime/version.ts";
import { userName } from "../../change/session.ts";
import type { ChangeSettings } from "../../change/settings.ts";
import { EXIT, type ExitCode } from "../../exit.ts";
import { openLogs } from "../../logs.ts";
import { requireAccess } from "../../settings.ts";
import type { Output } from "../../terminal/output.ts";
import { byHand, rotateToken } from "./api-token.ts";
import type { ROTATE_FLAGS } from "./command.ts";
import { noRehearsal } from "./rehearsal.ts";
import { readState } from "./state.ts";
import { newTokenIn } from "./token-file.ts";

/** What `rotate api-token` runs with. */
export interface TokenRotationRun extends Omit<ChangeSettings<typeof ROTATE_FLAGS>, "positionals"> {
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}

/** `rotate api-token`: puts a token that was made by hand in the place of the one in the configuration file. */
export async function runTokenRotation({ values, own, flags, env, output }: TokenRotationRun): Promise<ExitCode> {
  if (own.every !== undefined || own.follow) {
    throw new Failure({
      kind: "usage",
      message: "--every and --follow are for rotate oauth-key alone: a new API token has to be made by hand each time",
    });
  }
  if (values["dry-run"]) throw noRehearsal("api-token");
  const configFile = configFileOf(env);
  const newTokenFile = own["new-token-file"];
  if (newTokenFile === undefined && (configFile === undefined || (await readState(configFile)) === undefined)) {
    throw byHand();
  }
  requireAccess(values);
  const isElsewhere = flags.has("api-token") || (env.BATON_API_TOKEN ?? "") !== "";
  if (values["auth-method"] !== "api-token-group" || configFile === undefined || isElsewhere) {
    throw new Failure({
      kind: "usage",
      message: "rotate api-token needs the API token in the configuration file, which is what it replaces",
      advice:
        "keep it there as api-token, and neither in BATON_API_TOKEN nor in a flag; what stands in a secret store is replaced there",
    });
  }
  const graceMs = own.grace === "0" ? 0 : lengthOf(own.grace, "--grace");
  const newToken = newTokenFile === undefined ? undefined : await newTokenIn(newTokenFile);
  const origin = parseDomain(values.domain ?? "");
  const { log } = openLogs(values, output, output.err);
  const connect = (token: string) =>
    createOktaClient({
      ...{ origin, credentials: { kind: "apiToken", token: new Secret(token) }, env },
      userAgent: `baton-okta/${version}`,
      log: ({ level, message, details }) => log[level](message, details),
    });
  const shutdown = onShutdown();
  const audit = values["audit-log"] === undefined ? undefined : auditFile(values["audit-log"]);
  const call = audited(
    { signal: shutdown.stop },
    { operation: "rotate api-token" },
    {
      ...{ clock: systemClock, log, trail: audit, actor: values["requested-by"] ?? userName() },
      id: KSUID.randomSync(systemClock.now()).string,
    },
  );
  try {
    const { outcome, retireAt } = await rotateToken(
      { configFile, org: origin.url, newToken, graceMs, clock: systemClock, log, connect },
      call,
    );
    output.out(
      values.output === "json"
        ? `${JSON.stringify({ outcome, ...(retireAt !== undefined && { oldTokenRetires: shownTime(retireAt) }) })}\n`
        : outcome === "rotated"
          ? `${configFile} holds the new token, and the old one is revoked.\n`
          : `${configFile} holds the new token. The old one still works; run rotate api-token again after ${shownTime(retireAt!)} to revoke it.\n`,
    );
    return EXIT.done;
  } finally {
    audit?.close();
    shutdown.dispose();
  }
}
