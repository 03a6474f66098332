import { userInfo } from "node:os";
import KSUID from "ksuid";
import type { Call, Connector, WriteStep } from "../../baton/connector.ts";
import type { ChangeCall, Operation } from "../../baton/provision/audit.ts";
import { audited, auditFile } from "../../baton/provision/audit.ts";
import { createProvisioner, type Provisioner } from "../../baton/provision/provisioner.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { onShutdown, type Shutdown } from "../../runtime/shutdown.ts";
import { type ConnectionObserver, connect } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { Output } from "../terminal/output.ts";
import { type Names, openNames } from "./names.ts";

/** How long the program waits after the second Ctrl-C before it ends whatever is under way, in milliseconds. */
const EXIT_TIMEOUT_MS = 2000;

/** What changes are made with. */
export interface ChangeSession {
  readonly connector: Connector;
  readonly client: OktaClient;
  readonly provisioner: Provisioner;
  /** The same for a connector that more is done with: its changes are audited alike. */
  provisionerFor(connector: Connector): Provisioner;
  /**
   * Makes one change with the call that `make` is given; with `planned`, what a rehearsal would send is collected there.
   * Until something is sent that changes anything, the first Ctrl-C ends whatever is waited for. From then on the change
   * is finished, and only the second one ends it.
   */
  change<C>(make: (call: ChangeCall) => Promise<C>, planned?: WriteStep[]): Promise<C>;
  readonly names: Names;
  /** The call, with an audit of what it changes, for what no connector does. */
  audited(call: ChangeCall, operation: Operation): Call;
  /** Who asks. */
  readonly actor: string;
  readonly log: Log;
  /** Where the org is, as `https://acme.okta.com`. */
  readonly org: string;
  /** Aborts on the first Ctrl-C: what runs is finished, nothing is begun. */
  readonly stop: AbortSignal;
}

/**
 * Opens what changes are made with, does them, and closes it. Nothing is sent before `work` asks for it. `onAnswer` is called with
 * of each answer.
 */
export async function withChanges<T>(
  values: FlagValues,
  env: NodeJS.ProcessEnv,
  output: Output,
  scopes: readonly string[],
  work: (session: ChangeSession) => Promise<T>,
  onAnswer?: ConnectionObserver["client"]["onAnswer"],
): Promise<T> {
  if (values.source === "scim") throw pushedOnly();
  const logs = openLogs(values, output, output.err);
  const { log } = logs;
  const audit = values["audit-log"] === undefined ? undefined : auditFile(values["audit-log"]);
  // The ids say what is changed: whether a sync reads these types does not matter here.
  const known: FlagValues = { ...values, "sync-custom-roles": true };
  const observer = onAnswer && { client: { onAnswer }, watch: <W>(connection: W) => connection };
  const { connector, client, origin } = await connect(known, {
    env,
    log,
    uses: { scopes },
    ...(observer && { observer }),
  });
  const shutdown = onShutdown((times) => {
    const text =
      times === 1
        ? "Finishing the change under way. Ctrl-C again ends at once."
        : "Ending at once: the log says what was sent last.";
    if (logs.human) output.err(`${text}\n`);
    else log.warn(text);
    if (times === 2) setTimeout(() => process.exit(EXIT.interrupted), EXIT_TIMEOUT_MS).unref();
  });
  const names = await openNames(values.file, log);
  const actor = values["requested-by"] ?? userName();
  const provisionerFor = (any: Connector) => createProvisioner(any, { clock: systemClock, log, audit, actor });
  const provisioner = provisionerFor(connector);
  try {
    return await work({
      connector,
      client,
      provisioner,
      provisionerFor,
      names,
      audited: (call, operation) =>
        audited(call, operation, {
          ...{ clock: systemClock, log, trail: audit, actor },
          id: KSUID.randomSync(systemClock.now()).string,
        }),
      actor,
      log,
      org: origin.url,
      stop: shutdown.stop,
      change: (make, planned) => changeOnce(make, shutdown, values["dry-run"], planned),
    });
  } catch (error) {
    const shown = interrupted(error, shutdown.signal);
    logs.failed(shown);
    throw shown;
  } finally {
    shutdown.dispose();
    // An action that nobody waits for any more would keep the program alive.
    provisioner.actions.stop();
    audit?.close();
    await names.close();
    await connector.close?.();
  }
}

function pushedOnly(): Failure {
  return new Failure({
    kind: "usage",
    message: "what Okta pushed cannot be changed here",
    advice: "leave --source scim out: changes go to Okta's API, and Okta pushes what came of them",
  });
}

async function changeOnce<C>(
  make: (call: ChangeCall) => Promise<C>,
  { stop, now }: Shutdown,
  dryRun: boolean,
  planned: WriteStep[] | undefined,
): Promise<C> {
  const early = new AbortController();
  const abort = () => early.abort(stop.reason);
  const changing = () => stop.removeEventListener("abort", abort);
  if (stop.aborted) abort();
  else stop.addEventListener("abort", abort, { once: true });
  try {
    return await make({
      signal: AbortSignal.any([now, early.signal]),
      dryRun,
      audit(step) {
        if (step.phase === "intent") changing();
        if (step.phase === "planned") planned?.push(step);
      },
    });
  } finally {
    changing();
  }
}

function interrupted(error: unknown, signal: NodeJS.Signals | undefined): unknown {
  if (signal === undefined || (isFailure(error) && error.kind !== "cancelled")) return error;
  // What was under way may know better what is so now, and what to do.
  const known = isFailure(error) && error.advice !== undefined ? error : undefined;
  return new Failure({
    kind: "cancelled",
    message: `interrupted by ${signal}${known === undefined ? "" : `: ${known.message}`}`,
    advice: known?.advice ?? "run the same command again to be sure: what is done already is not done twice",
    cause: error,
  });
}

/** The name of the system's user; a number where there is no name for it. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
