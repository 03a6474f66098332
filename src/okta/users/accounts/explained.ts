import { Failure, type FailureOptions, isFailure } from "../../../runtime/failure.ts";

/** The same failure with another message: its kind, what was attempted and what Okta said stay. */
export function explained(error: unknown, message: string, advice?: string): unknown {
  if (!isFailure(error)) return error;
  return withDetails(error, { message, cause: error, ...(advice !== undefined && { advice }) });
}

/** A failure with some of its parts changed. */
export function withDetails(failure: Failure, changes: Partial<FailureOptions>): Failure {
  const { kind, message, attempted, advice, answer, field, retryAfterMs, cause } = failure;
  return new Failure({
    kind,
    message,
    ...(attempted !== undefined && { attempted }),
    ...(advice !== undefined && { advice }),
    ...(answer && { answer }),
    ...(field !== undefined && { field }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(cause !== undefined && { cause }),
    ...changes,
  });
}

/** What a failure says, for use within another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the caller stopped waiting, so that nothing more can be asked, while a change may have been under way. */
export function wasAbandoned(error: unknown): boolean {
  return isFailure(error, "cancelled") || isFailure(error, "deadlineExceeded");
}
