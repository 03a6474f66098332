import type { Call } from "../../../baton/connector.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { TRANSIENT } from "../http/retry.ts";
import type { WireAnswer } from "../http/transport.ts";
import { TransportError } from "../http/transport-error.ts";
import type { ClientEvent } from "../observed.ts";

/** Whether a method changes something. */
export function isWrite(method: string): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** A request that changes something, with its whole handling: `send` gives the answer, `failed` what it is a failure of. */
export interface Write<T> {
  /** Method and path without the query. */
  readonly attempted: string;
  /** Sends it, as often as it takes; the answer may be a refusal. */
  readonly send: () => Promise<WireAnswer>;
  /** What comes of the answer. Throws a {@link Failure} where it is a refusal. */
  readonly take: (answer: WireAnswer) => T;
  /** What stands for an answer where nothing is sent. */
  readonly planned: T;
}

/**
 * Makes a change and tells the call's audit of it: once before, once after, however many tries it takes. In a dry run it
 * is only reported. What the audit throws before the change prevents it; after it, it can do no more than be logged.
 */
export async function performWrite<T>(write: Write<T>, call: Call, log: (event: ClientEvent) => void): Promise<T> {
  const { attempted: request } = write;
  if (call.dryRun === true) {
    call.audit?.({ phase: "planned", request });
    return write.planned;
  }
  call.audit?.({ phase: "intent", request });
  const notify = (answered: { status?: number; requestId?: string; error?: string }) => {
    try {
      call.audit?.({ phase: "outcome", request, ...answered });
    } catch (cause) {
      const details = { request, cause: cause instanceof Error ? cause.message : String(cause) };
      log({ level: "warn", message: "how a change ended could not be written to the audit trail", details });
    }
  };
  let seen: { status?: number; requestId?: string } = {};
  let done: T;
  try {
    const answer = await write.send();
    const id = answer.headers["x-okta-request-id"];
    seen = { status: answer.status, ...(typeof id === "string" && { requestId: id }) };
    done = write.take(answer);
  } catch (error) {
    if (error instanceof Failure) {
      const { status, requestId } = error.answer ?? {};
      seen = { ...(status !== undefined && { status }), ...(requestId !== undefined && { requestId }), ...seen };
    }
    notify({ ...seen, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  notify(seen);
  return done;
}

/**
 * Whether what failed may have taken effect all the same, because no answer of Okta's own says that it did not: the
 * connection broke under way, a gateway gave up, or the answer could not be read.
 */
export function mayHaveHappened(error: unknown): boolean {
  if (!isFailure(error)) return false;
  const status = error.answer?.status;
  if (status !== undefined) return TRANSIENT.has(status);
  if (error.cause instanceof TransportError) return error.cause.mayHaveArrived;
  return error.kind === "internal";
}
