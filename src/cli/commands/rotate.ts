import { createPrivateKey } from "node:crypto";
import { existsSync } from "node:fs";
import { lengthOf, shownTime } from "../../baton/leases/time.ts";
import { createOktaClient } from "../../okta/api/create-client.ts";
import { parseDomain } from "../../okta/api/http/domain.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { version } from "../../runtime/version.ts";
import { readChangeSettings } from "../change/settings.ts";
import type { CommandModule } from "../command.ts";
import { readCredentials } from "../credentials.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { ROTATE_FLAGS } from "../leases/rotate/command.ts";
import type { RotationState } from "../leases/rotate/oauth-key.ts";
import { openLogs } from "../logs.ts";
import { requireAccess } from "../settings.ts";

/** How often `--follow` looks whether something is to be done, in milliseconds. */
const LOOK_MS = 60_000;

/** `rotate oauth-key`: a new key for the OAuth app; `rotate api-token`: the API token by one that was made by hand. */
export const run: CommandModule["run"] = async ({ argv, env, output }) => {
  const { values, own, flags, positionals } = await readChangeSettings("rotate", ROTATE_FLAGS, argv, env, output);
  const [what, named, more] = positionals;
  if (what === "api-token" && named === undefined) {
    const { runTokenRotation } = await import("../leases/rotate/run-api-token.ts");
    return await runTokenRotation({ values, own, flags, env, output });
  }
  if (what === "password" && named !== undefined && more === undefined) {
    const { runPasswordRotation } = await import("../leases/rotate/run-password.ts");
    return await runPasswordRotation(named, { values, own, env, output });
  }
  if (own["new-token-file"] !== undefined) {
    throw new Failure({ kind: "usage", message: "--new-token-file is for rotate api-token alone" });
  }
  if (what !== "oauth-key" || named !== undefined) {
    const stranger = what === "oauth-key" || what === "api-token" ? named : what;
    throw new Failure({
      kind: "usage",
      message:
        what === undefined
          ? "rotate takes what to rotate"
          : what === "password"
            ? "rotate password takes one user"
            : `rotate takes no argument ${JSON.stringify(stranger)}`,
      advice: "there are rotate oauth-key, rotate api-token and rotate password USER; see baton-okta help rotate",
    });
  }
  requireAccess(values);
  const keyFile = fileOf(values);
  const graceMs = own.grace === "0" ? 0 : lengthOf(own.grace, "--grace");
  const everyMs = own.every === undefined ? undefined : lengthOf(own.every, "--every");
  const { log } = openLogs(values, output, output.err);
  const { keyCreated, rotateKey } = await import("../leases/rotate/oauth-key.ts");
  const { readState } = await import("../leases/rotate/state.ts");
  const shutdown = onShutdown();
  const call = { signal: shutdown.stop };
  const clientId = values["okta-client-id"]!.trim();
  const connect = async (jwk?: RotationState["jwk"]) => {
    const scopes = ["okta.apps.manage"];
    const current = await readCredentials(values, undefined, { scopes });
    if (current.kind !== "oauthKey") throw noKeyFile();
    const key =
      jwk === undefined ? {} : { key: createPrivateKey({ key: jwk as never, format: "jwk" }), keyId: jwk.kid };
    return createOktaClient({
      ...{ origin: parseDomain(values.domain ?? ""), credentials: { ...current, ...key }, env },
      userAgent: `baton-okta/${version}`,
      log: ({ level, message, details }) => log[level](message, details),
    });
  };
  const currentKeyId = async () => {
    const current = await readCredentials(values, undefined, {});
    return current.kind === "oauthKey" ? (current.keyId ?? "") : "";
  };
  const rotate = async () =>
    await rotateKey(
      { keyFile, clientId, keyId: await currentKeyId(), graceMs, clock: systemClock, log, connect },
      call,
    );
  try {
    for (;;) {
      let due = everyMs === undefined || (await readState(keyFile)) !== undefined;
      if (!due) {
        const client = await connect();
        const created = await keyCreated(client, clientId, await currentKeyId(), call).finally(() => client.close());
        due = created !== undefined && systemClock.now() - created >= everyMs!;
      }
      if (due) {
        const { outcome, kid, retireAt } = await rotate();
        if (!own.follow) {
          output.out(
            values.output === "json"
              ? `${JSON.stringify({ outcome, keyId: kid, ...(retireAt && { oldKeyRetires: shownTime(retireAt) }) })}\n`
              : outcome === "rotated"
                ? `The app signs in with key ${kid}; the old one is gone.\n`
                : `${keyFile} holds key ${kid}. The old one still works; run this again after ${shownTime(retireAt!)} to retire it.\n`,
          );
        }
      } else if (!own.follow) output.out("The key is not due yet.\n");
      if (!own.follow || shutdown.stop.aborted) return EXIT.done;
      await systemClock.sleep(LOOK_MS, shutdown.stop).catch(() => {});
      if (shutdown.stop.aborted) return EXIT.done;
    }
  } finally {
    shutdown.dispose();
  }
};

function fileOf(values: FlagValues): string {
  const given = values["okta-private-key"]?.reveal().trim() ?? "";
  if (values["auth-method"] === "private-key-group" && given.length < 256 && existsSync(given)) return given;
  throw noKeyFile();
}

function noKeyFile(): Failure {
  return new Failure({
    kind: "usage",
    message: "rotate oauth-key needs --auth-method private-key-group and --okta-private-key with the path of a file",
    advice: "keep the key in a file: it is what is replaced",
  });
}
