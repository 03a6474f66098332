import type { Log } from "../../../runtime/log/log.ts";
import type { Refused } from "../options.ts";

/**
 * Whether nothing is missing but what the other side refused: that is settled by permissions, and is reported beside the
 * result. What could not be read, or contradicts itself, leaves a snapshot that must not be taken for a whole one.
 */
export function isWhole({ refused }: { readonly refused: readonly Refused[] }): boolean {
  return refused.every(({ sort }) => sort === undefined);
}

/** Logs what is missing from a snapshot, a line for each. */
export function logMissing(log: Log, missing: readonly Refused[], more: Record<string, unknown> = {}): void {
  for (const { sort, what, why, count, on, requestId } of missing) {
    const message =
      sort === "incomplete" ? "incomplete: missing from the snapshot" : "not readable: missing from the snapshot";
    log.warn(message, { ...more, what, why, times: count, example: on, requestId });
  }
}
