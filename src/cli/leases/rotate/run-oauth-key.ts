import { createPrivateKey } from "node:crypto";
import { existsSync } from "node:fs";
import KSUID from "ksuid";
import { lengthOf, shownTime } from "../../../baton/leases/time.ts";
import { audited, auditFile } from "../../../baton/provision/audit.ts";
import { createOktaClient } from "../../../okta/api/create-client.ts";
import { parseDomain } from "../../../okta/api/http/domain.ts";
import { systemClock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { onShutdown } from "../../../runtime/shutdown.ts";
import { version } from "../../../runtime/version.ts";
import { userName } from "../../change/session.ts";
import type { ChangeSettings } from "../../change/settings.ts";
import { readCredentials } from "../../credentials.ts";
import { openObservation } from "../../daemon/observation.ts";
import { EXIT, type ExitCode } from "../../exit.ts";
import type { FlagValues } from "../../flags/flags.ts";
import { openLogs } from "../../logs.ts";
import { requireAccess } from "../../settings.ts";
import type { Output } from "../../terminal/output.ts";
import type { ROTATE_FLAGS } from "./command.ts";
import { keyCreated, type Rotated, type RotationState, rotateKey } from "./oauth-key.ts";
import { noRehearsal } from "./rehearsal.ts";
import { readState } from "./state.ts";

/** How soon, and how late at most, `--follow` looks again, in milliseconds. */
const MIN_LOOK_MS = 60_000;
const MAX_LOOK_MS = 3_600_000;

/** What `rotate oauth-key` runs with. */
export interface KeyRotationRun extends Pick<ChangeSettings<typeof ROTATE_FLAGS>, "values" | "own"> {
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}

/** `rotate oauth-key`: a new key for the OAuth app, once or, with `--follow`, whenever it is time. */
export async function runKeyRotation({ values, own, env, output }: KeyRotationRun): Promise<ExitCode> {
  if (own.follow && own.every === undefined) {
    throw new Failure({ kind: "usage", message: "--follow needs --every as well", advice: "give --every 90d" });
  }
  if (values["dry-run"]) throw noRehearsal("oauth-key");
  requireAccess(values);
  const keyFile = fileOf(values);
  const graceMs = own.grace === "0" ? 0 : lengthOf(own.grace, "--grace");
  const everyMs = own.every === undefined ? undefined : lengthOf(own.every, "--every");
  const logs = openLogs(values, output, output.err);
  const observation = await openObservation(values, logs.log, systemClock);
  const { log, health } = observation;
  const audit = values["audit-log"] === undefined ? undefined : auditFile(values["audit-log"]);
  const shutdown = onShutdown(() => health?.stopping());
  const clientId = values["okta-client-id"]!.trim();
  const credentials = async () => {
    const current = await readCredentials(values, undefined, { scopes: ["okta.apps.manage"] });
    if (current.kind !== "oauthKey") throw noKeyFile();
    return current;
  };
  const connect = async (jwk?: RotationState["jwk"]) => {
    const { reread: _, ...current } = await credentials();
    const key =
      jwk === undefined ? {} : { key: createPrivateKey({ key: jwk as never, format: "jwk" }), keyId: jwk.kid };
    return createOktaClient({
      ...{ origin: parseDomain(values.domain ?? ""), credentials: { ...current, ...key }, env },
      userAgent: `baton-okta/${version}`,
      log: ({ level, message, details }) => log[level](message, details),
      ...observation.client,
    });
  };
  const call = audited(
    { signal: shutdown.stop },
    { operation: "rotate oauth-key", on: `app:${clientId}` },
    {
      ...{ clock: systemClock, log, trail: audit, actor: values["requested-by"] ?? userName() },
      id: KSUID.randomSync(systemClock.now()).string,
    },
  );
  /** When the key is due, in milliseconds since the Unix epoch. */
  const dueAt = async (): Promise<number> => {
    if (everyMs === undefined || (await readState(keyFile)) !== undefined) return 0;
    const client = await connect();
    const kid = (await credentials()).keyId ?? "";
    const created = await keyCreated(client, clientId, kid, call).finally(() => client.close());
    if (created !== undefined) return created + everyMs;
    throw new Failure({
      kind: "failedPrecondition",
      message: `how old the key ${kid} is is not known: Okta does not say when it was made`,
      advice: "rotate it once without --every",
    });
  };
  /** How it went, or when the key is due. */
  const look = async (): Promise<Rotated | number> => {
    const due = await dueAt();
    if (due > systemClock.now()) return due;
    const deps = { keyFile, clientId, graceMs, clock: systemClock, log, connect };
    return await rotateKey({ ...deps, keyId: (await credentials()).keyId ?? "" }, call);
  };
  try {
    if (!own.follow) {
      output.out(report(await look(), keyFile, values.output === "json"));
      return EXIT.done;
    }
    let failure: unknown;
    const lastLook = async () => {
      if (failure !== undefined) throw failure;
    };
    health?.add("key", lastLook, { vital: true });
    log.info("rotating the key as it comes to be due", { file: keyFile, every: own.every, version });
    while (!shutdown.stop.aborted) {
      let wait = MIN_LOOK_MS;
      try {
        const done = await look();
        failure = undefined;
        const next = typeof done === "number" ? done : (done.retireAt ?? 0);
        wait = Math.min(Math.max(next - systemClock.now(), MIN_LOOK_MS), MAX_LOOK_MS);
      } catch (error) {
        if (shutdown.stop.aborted) break;
        // What is typed wrong stays so; whatever else may come right again, and the key in use still works.
        if (!isFailure(error) || error.kind === "usage") throw error;
        failure = error;
        log.error("the key could not be rotated for now; trying again", { error, nextTrySeconds: wait / 1000 });
      }
      await systemClock.sleep(wait, shutdown.stop).catch(() => {});
    }
    return EXIT.done;
  } catch (error) {
    logs.failed(error);
    throw error;
  } finally {
    shutdown.dispose();
    audit?.close();
    await observation.close();
  }
}

function report(done: Rotated | number, keyFile: string, json: boolean): string {
  if (typeof done === "number") {
    return json
      ? `${JSON.stringify({ outcome: "not-due", due: shownTime(done) })}\n`
      : `The key is not due yet: it is at ${shownTime(done)}.\n`;
  }
  const { outcome, kid, retireAt } = done;
  if (json) {
    return `${JSON.stringify({ outcome, keyId: kid, ...(retireAt && { oldKeyRetires: shownTime(retireAt) }) })}\n`;
  }
  return outcome === "rotated"
    ? `The app signs in with key ${kid}; the old one is gone.\n`
    : `${keyFile} holds key ${kid}. The old one still works; run this again after ${shownTime(retireAt!)} to retire it.\n`;
}

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
