/** Tries of one read before its last failure is final. */
export const MAX_TRIES = 10;

/** Tries of one request that is answered a 404 or 410 that is not Okta's own before that is final. */
export const MAX_FOREIGN_NOT_FOUND_TRIES = 5;

/** Tries of one read whose answers are whole and of the wrong form before that is final. */
export const MAX_FORM_TRIES = 5;

/**
 * How long one request goes on being refused for the rate limit before it fails, in milliseconds: storms of refusals
 * last for minutes, and are outlasted.
 */
export const MAX_REFUSED_MS = 30 * 60_000;

/** Statuses after which a read is tried again. 501 is final. */
export const TRANSIENT: ReadonlySet<number> = new Set([500, 502, 503, 504]);

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 15_000;

/**
 * How long to wait before try number `tries + 1`, in milliseconds: twice as long each time up to 15 s, of which a
 * random part is taken off so that what failed together does not come back together.
 */
export function backoffMs(tries: number, random: () => number): number {
  const full = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  return Math.round(full * (0.5 + 0.5 * random()));
}

/** How long to wait after refusal number `refusals` in a row that does not say when to come back, in milliseconds. */
export function refusalBackoffMs(refusals: number, random: () => number): number {
  // The first is as long as after three tries: whoever refuses wants to be left alone for a moment.
  return backoffMs(refusals + 2, random);
}

/** A `Retry-After` header in milliseconds from `now`: seconds or a date (RFC 9110). */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  if (/^\s*\d+\s*$/.test(header)) {
    return Number(header) * 1000;
  }
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
