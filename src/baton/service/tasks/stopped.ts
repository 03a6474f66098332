import { Failure } from "../../../runtime/failure.ts";

/** Why a task was stopped before it came to its end. */
export type StopReason = "cancelled" | "missedHeartbeats" | "shutdown";

const WORDS: Readonly<Record<StopReason, string>> = {
  cancelled: "the platform cancelled the task",
  missedHeartbeats: "the task was stopped: ten heartbeats in a row failed",
  shutdown: "the task was stopped: the connector is shutting down",
};

/** Thrown to say that a task was stopped from outside: it may be handed out again, whatever its kind. */
export class Stopped extends Failure {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super({ kind: "cancelled", message: WORDS[reason] });
    this.reason = reason;
  }
}
