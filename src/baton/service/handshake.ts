import type { Clock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Served } from "../rpc/server/service.ts";
import { backoffMs, MAX_BACKOFF_MS } from "./backoff.ts";
import { formatError } from "./format-error.ts";
import type { Program } from "./hello.ts";
import type { Platform } from "./platform/platform.ts";
import type { TaskLogs } from "./tasks/log.ts";
import { sendHello } from "./tasks/run.ts";

/** Codes after which saying hello again makes no sense. Source: the Baton contract. */
const FINAL = [
  "unauthenticated",
  "permissionDenied",
  "invalidArgument",
  "unimplemented",
  "failedPrecondition",
  "notFound",
] as const;

/** What the handshake works with. */
export interface HandshakeDeps {
  readonly platform: Platform;
  readonly hostId: string;
  readonly services: readonly Served[];
  readonly program: Program;
  readonly clock: Clock;
  readonly logs: TaskLogs;
  /** Aborted: do not go on trying. */
  readonly stop: AbortSignal;
}

/**
 * Sends the first `Hello` until the platform accepts it; `false` where the program is asked to stop meanwhile. Throws a
 * {@link Failure} where the platform does not accept the connector, and never will.
 */
export async function handshake(deps: HandshakeDeps): Promise<boolean> {
  const { clock, stop, logs, program, hostId } = deps;
  for (let failures = 1; !stop.aborted; failures++) {
    try {
      await sendHello("", program, deps, stop);
      logs.log.info("connected to the platform", { hostId, attempts: failures });
      return true;
    } catch (error) {
      if (stop.aborted) return false;
      if (isFailure(error) && isFinal(error)) throw refused(error);
      const pauseMs = backoffMs(failures, MAX_BACKOFF_MS);
      logs.log.warn("the handshake with the platform failed, and is repeated", {
        failures,
        pauseMs,
        why: formatError(error),
      });
      await clock.sleep(pauseMs, stop).catch(() => {});
    }
  }
  return false;
}

/** Whether trying again makes no sense. Codes of no kind of their own, as `OUT_OF_RANGE`, are not meant. */
function isFinal({ kind, answer }: Failure): boolean {
  return (FINAL as readonly string[]).includes(kind) && answer?.code !== "OUT_OF_RANGE";
}

/** Why the program ends at once, in words for whoever started it. */
function refused(cause: Failure): Failure {
  const why: Partial<Record<Failure["kind"], string>> = {
    unauthenticated: "check --client-id and --client-secret",
    permissionDenied: "the client is known but may not run this connector: see the connector's page on the platform",
    notFound: "the platform knows no connector of this client id: was it deleted there?",
    unimplemented:
      "what answers at this address is no platform for connectors: check --client-id and BATON_C1_API_HOST",
  };
  const advice = cause.advice ?? why[cause.kind];
  return new Failure({
    kind: cause.kind,
    message: cause.attempted === "Hello" ? "the platform does not accept this connector" : cause.message,
    ...(cause.attempted === undefined ? {} : { attempted: cause.attempted }),
    ...(cause.answer === undefined ? {} : { answer: cause.answer }),
    ...(advice === undefined ? {} : { advice }),
    cause,
  });
}
