import type { ApiResponse } from "../http/route.ts";
import type { Change } from "./change.ts";

/** The most changes that one call may ask for. */
const MAX_CHANGES = 100_000;

/**
 * Answers `POST /__sandbox/churn?n=N`, the sandbox's own way to have its org changed while it runs: `N` random changes
 * (default 1), which the body lists. `undefined` for every other call. It is for callers on the same machine, and counts
 * as no call of Okta's.
 */
export function churnControl(change: (n: number) => readonly Change[]) {
  return (method: string, path: string, query: URLSearchParams): ApiResponse | undefined => {
    if (path !== "/__sandbox/churn") return undefined;
    if (method !== "POST") return { status: 405, headers: { Allow: "POST" }, body: { error: "use POST" } };
    const text = query.get("n") ?? "1";
    const n = Number(text);
    if (!/^\d+$/.test(text) || n > MAX_CHANGES) {
      return { status: 400, body: { error: `n must be a whole number up to ${MAX_CHANGES}` } };
    }
    return { status: 200, body: { changes: change(n) } };
  };
}
