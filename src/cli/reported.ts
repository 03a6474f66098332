const told = new WeakSet<object>();

/** Notes that an error stands on standard error already, as a line of the log. */
export function markTold(error: unknown): void {
  if (typeof error === "object" && error !== null) told.add(error);
}

/** Whether the error stands on standard error already, and is not to be told there again. */
export function isTold(error: unknown): boolean {
  return typeof error === "object" && error !== null && told.has(error);
}
