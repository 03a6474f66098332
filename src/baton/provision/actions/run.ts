import type { BatonActionStatus } from "../../../gen/c1/connector/v2/action_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { JsonObject } from "../../connector.ts";

/** The longest an invocation is waited for, and the longest it may run, in milliseconds. */
export const MAX_RUN_MS = 3_600_000;
/** How long one that has to end is given to do so. */
const GRACE_MS = 5000;

/** What is asked for. */
export interface Invocation {
  readonly name: string;
  readonly args: JsonObject;
  /** The resource type that the action belongs to; empty or absent for a global one. */
  readonly resourceType?: string;
  /** Milliseconds to wait for the end before answering `RUNNING`; 0 or absent means a second, an hour is the most. */
  readonly waitMs?: number;
}

/** The ways in which an invocation can stand. */
export type RunStatus =
  | typeof BatonActionStatus.RUNNING
  | typeof BatonActionStatus.COMPLETE
  | typeof BatonActionStatus.FAILED;

/** How an invocation stands. */
export interface ActionRun {
  /** A KSUID, by which the status is asked for. */
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  /** The results; of a failed one `{error}`, in words; of a running one nothing. */
  readonly response?: JsonObject;
  /** Why it failed, for callers in the same process. */
  readonly failure?: unknown;
}

/** Resolves when the run has ended, its wait is over, or (with its reason thrown) its caller went away. */
export async function until(ended: Promise<void>, waitMs: number, caller: AbortSignal, clock: Clock): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([caller, enough.signal]);
  try {
    await Promise.race([ended, clock.sleep(waitMs, signal)]);
  } finally {
    enough.abort();
  }
}

/** Ends a run whose time is up, or that was told to stop and does not; `undefined` where it ended by itself. */
export async function overtime(abort: AbortController, ended: AbortSignal, clock: Clock): Promise<Failure | undefined> {
  try {
    await clock.sleep(MAX_RUN_MS, AbortSignal.any([ended, abort.signal]));
    abort.abort(new Failure({ kind: "deadlineExceeded", message: "the action did not end within an hour" }));
  } catch {
    if (ended.aborted) return undefined;
  }
  try {
    await clock.sleep(GRACE_MS, ended);
  } catch {
    return undefined;
  }
  return abort.signal.reason as Failure;
}

/** A failure in the words that the caller of a failed action gets: no stack, and no more than people need. */
export function formatFailure(failure: unknown): string {
  if (!isFailure(failure)) return "the action failed unexpectedly; the log says more";
  const { message, answer, advice } = failure;
  const code = answer?.code !== undefined && !message.includes(answer.code) ? ` (${answer.code})` : "";
  const summary = answer?.summary !== undefined && !message.includes(answer.summary) ? `: ${answer.summary}` : "";
  const request = answer?.requestId === undefined ? "" : ` [request ${answer.requestId}]`;
  return `${message}${code}${summary}${request}${advice === undefined ? "" : `; ${advice}`}`;
}
