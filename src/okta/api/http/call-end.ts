import type { Call } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure } from "../../../runtime/failure.ts";

/** A call whose signal also aborts at its deadline. */
export function withDeadline(call: Call, clock: Clock, attempted: () => string): { call: Call; done: () => void } {
  // A timer holds 24 days at most, and fires at once where it is given more.
  if (call.deadline === undefined || call.deadline - clock.now() > 2 ** 31 - 1) {
    return { call, done: () => {} };
  }
  const stop = new AbortController();
  const late = new AbortController();
  const message = "the call's deadline passed before Okta's answer came";
  clock.sleep(call.deadline - clock.now(), stop.signal).then(
    () => late.abort(new Failure({ kind: "deadlineExceeded", message, attempted: attempted() })),
    () => {},
  );
  return { call: { ...call, signal: AbortSignal.any([call.signal, late.signal]) }, done: () => stop.abort() };
}

/** What is awaited, unless the signal aborts first: what is shared goes on for the others. */
export async function abortable<T>(awaited: T | Promise<T>, signal: AbortSignal): Promise<T> {
  if (!(awaited instanceof Promise)) {
    return awaited;
  }
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([awaited, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What a call ends with that did not come to its end: a {@link Failure}, `cancelled` where the caller wanted it so. */
export function asFailure(error: unknown, outer: Call, call: Call, attempted: string): unknown {
  if (error instanceof Failure) {
    return error;
  }
  if (outer.signal.aborted || call.signal.aborted) {
    return new Failure({ kind: "cancelled", message: "the call was cancelled", attempted, cause: error });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_UNESCAPED_CHARACTERS" || code === "ERR_INVALID_CHAR") {
    return new Failure({
      kind: "invalidArgument",
      message: "an id holds characters that no URL can hold",
      attempted,
      cause: error,
    });
  }
  return error;
}
