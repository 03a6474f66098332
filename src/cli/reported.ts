const reported = new WeakSet<object>();

/** Notes that an error stands on standard error already, as a line of the log. */
export function markReported(error: unknown): void {
  if (typeof error === "object" && error !== null) reported.add(error);
}

/** Whether the error stands on standard error already, and is not to be reported there again. */
export function isReported(error: unknown): boolean {
  return typeof error === "object" && error !== null && reported.has(error);
}
