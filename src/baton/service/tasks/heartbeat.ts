import { create } from "@bufbuild/protobuf";
import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { BatonService, BatonServiceHeartbeatRequestSchema } from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { formatError } from "../format-error.ts";
import type { Platform } from "../platform/platform.ts";
import { Stopped } from "./stopped.ts";

const DEFAULT_INTERVAL_MS = 30_000;
const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 5 * 60_000;
const MAX_MISSED = 10;

/** What heartbeats are made with. */
export interface HeartbeatDeps {
  readonly platform: Platform;
  readonly hostId: string;
  readonly taskId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the first one waits until the task has run so long, in milliseconds; at once where not given. */
  readonly afterMs?: number;
  /** Aborted when the task has ended. */
  readonly signal: AbortSignal;
  /** Called with the reason why the task is to stop, once at most, and last. */
  readonly onStop: (why: Stopped) => void;
}

/**
 * Tells the platform that a task still runs, until the task ends, the platform cancels it, or ten heartbeats in a row
 * have failed. Never throws: the task goes on beside it from the start.
 */
export async function sendHeartbeats(deps: HeartbeatDeps): Promise<void> {
  const { platform, hostId, taskId, clock, log, signal, onStop } = deps;
  const request = create(BatonServiceHeartbeatRequestSchema, { hostId, taskId });
  let pause = DEFAULT_INTERVAL_MS;
  let failures = 0;
  try {
    if (deps.afterMs !== undefined) await clock.sleep(deps.afterMs, signal);
    for (;;) {
      try {
        const answer = await platform.call(BatonService.method.heartbeat, request, signal);
        if (signal.aborted) return;
        failures = 0;
        if (answer.cancelled || answer.cancelledTaskIds.includes(taskId)) {
          onStop(new Stopped("cancelled"));
          return;
        }
        pause = nextHeartbeat(answer.nextHeartbeat);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        log.warn("a heartbeat failed", { taskId, failures, why: formatError(error) });
        if (failures >= MAX_MISSED) {
          onStop(new Stopped("missedHeartbeats"));
          return;
        }
      }
      await clock.sleep(pause, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The pause before the next heartbeat, in milliseconds: what the platform says, within bounds. */
export function nextHeartbeat(said: Duration | undefined): number {
  const ms = said === undefined ? 0 : durationMs(said);
  return ms === 0 ? DEFAULT_INTERVAL_MS : Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, ms));
}
