import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { type Any, anyPack } from "@bufbuild/protobuf/wkt";
import {
  type BatonServiceFinishTaskRequest,
  BatonServiceFinishTaskRequestSchema,
} from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import { statusOf } from "../../rpc/status.ts";
import { backoffMs, MAX_URGENT_BACKOFF_MS } from "../backoff.ts";
import { formatError } from "../format-error.ts";
import { Stopped } from "./stopped.ts";

/** A message and what type it is of. */
export interface TypedMessage<Desc extends DescMessage = DescMessage> {
  readonly schema: Desc;
  readonly message: MessageShape<Desc>;
}

/** How a task ended. */
export type Outcome =
  | { readonly kind: "done"; readonly response?: TypedMessage }
  | {
      readonly kind: "failed";
      readonly error: unknown;
      /** Whether trying again makes no sense. A task that was stopped can always be tried again. */
      readonly nonRetryable: boolean;
      /** What the connector's own call answered, where that is what tells of the failure. */
      readonly response?: TypedMessage;
    }
  /** A hello task: its end is a `Hello` of its own. */
  | { readonly kind: "hello" };

/** How a task ended, as `FinishTask` reports it. */
export type FinishedOutcome = Exclude<Outcome, { kind: "hello" }>;

/** What a `FinishTask` says besides the outcome. */
export interface FinishOptions {
  readonly hostId: string;
  readonly taskId: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Who speaks in a status' `ErrorInfo`. */
  readonly domain?: string;
}

/** The message that hands over how a task ended. */
export function finishRequest(
  outcome: FinishedOutcome,
  { hostId, taskId, now, domain }: FinishOptions,
): BatonServiceFinishTaskRequest {
  const response = outcome.response && anyPack(outcome.response.schema, outcome.response.message);
  if (outcome.kind === "done") {
    return create(BatonServiceFinishTaskRequestSchema, {
      hostId,
      taskId,
      finalState: {
        case: "success",
        value: { annotations: annotationsOf(outcome.response), ...(response ? { response } : {}) },
      },
    });
  }
  const stopped = outcome.error instanceof Stopped;
  return create(BatonServiceFinishTaskRequestSchema, {
    hostId,
    taskId,
    status: statusOf(outcome.error, { now, ...(domain === undefined ? {} : { domain }) }),
    finalState: {
      case: "error",
      value: { nonRetryable: outcome.nonRetryable && !stopped, ...(response ? { response } : {}) },
    },
  });
}

function annotationsOf(response: TypedMessage | undefined): Any[] {
  const found = (response?.message as { annotations?: Any[] } | undefined)?.annotations;
  return Array.isArray(found) ? found : [];
}

/** After so many failures in a row, what is to be delivered holds up nothing else any more. */
const MAX_BLOCKING_FAILURES = 10;

/** The longest pause when the program is about to end, in milliseconds. */
const MAX_HURRIED_BACKOFF_MS = 1000;

/** What a delivery is made with. */
export interface DeliveryDeps {
  readonly taskId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the program is about to end: backoff becomes short. */
  readonly hurry: AbortSignal;
  /** Aborted when the program ends: nothing more is tried. */
  readonly giveUp: AbortSignal;
  /** Called once where this takes long: other tasks need not wait for it. */
  readonly onLong: () => void;
}

/**
 * Sends how a task ended, again and again, until the platform has accepted it or says that it does not know the task.
 * An answer that was lost or comes too late is asked for again: the platform knows what it has. Answers whether the
 * platform has it now.
 */
export async function deliver(
  send: (signal: AbortSignal) => Promise<unknown>,
  deps: DeliveryDeps,
): Promise<"accepted" | "unknown" | "undelivered"> {
  const { taskId, clock, log, hurry, giveUp, onLong } = deps;
  for (let failures = 1; ; failures++) {
    try {
      giveUp.throwIfAborted();
      await send(giveUp);
      return "accepted";
    } catch (error) {
      if (isFailure(error, "notFound")) {
        log.warn("the platform does not know the task that was to be ended", { taskId });
        return "unknown";
      }
      if (giveUp.aborted) {
        log.error("how a task ended could not be reported to the platform", { taskId, failures });
        return "undelivered";
      }
      const pauseMs = backoffMs(failures, hurry.aborted ? MAX_HURRIED_BACKOFF_MS : MAX_URGENT_BACKOFF_MS);
      log.warn("how a task ended could not be reported, and is repeated", {
        taskId,
        failures,
        pauseMs,
        why: formatError(error),
      });
      if (failures === MAX_BLOCKING_FAILURES) onLong();
      await pause(pauseMs, clock, hurry, giveUp);
    }
  }
}

/** Waits, but not longer than is fit when the program is asked to end meanwhile. */
async function pause(ms: number, clock: Clock, hurry: AbortSignal, giveUp: AbortSignal): Promise<void> {
  const ends = hurry.aborted ? giveUp : AbortSignal.any([hurry, giveUp]);
  await clock.sleep(ms, ends).catch((error: unknown) => {
    if (!ends.aborted) throw error;
  });
}
