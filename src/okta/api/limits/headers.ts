import type { RateLimit } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { retryAfterMs } from "../http/retry.ts";
import type { WireAnswer } from "../http/transport.ts";
import type { ClientEvent } from "../observed.ts";
import { MAX_PLAUSIBLE_WAIT_MS, WINDOW_MS } from "./pool.ts";
import type { ServerTime } from "./server-time.ts";

/** Ends of windows that are remembered as implausible. */
const MAX_REMEMBERED = 100;

/** What reading the headers takes. */
export interface RateLimitHeadersDeps {
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly log: (event: ClientEvent) => void;
}

/**
 * Reads the rate-limit headers of answers. A window is a minute: an end that lies further ahead is looked at as
 * milliseconds and by this machine's clock, and where it makes no sense so either, a minute is taken for it. The first
 * value of each header that is not believed is reported as a warning.
 */
export class RateLimitHeaders {
  readonly #deps: RateLimitHeadersDeps;
  readonly #warned = new Set<string>();
  /** Ends that were taken in place of implausible ones, by the value of the header. */
  readonly #assumed = new Map<number, number>();

  constructor(deps: RateLimitHeadersDeps) {
    this.#deps = deps;
  }

  /** The limit that an answer states; `undefined` where it states none. Its end is by the server's clock, 0 if not stated. */
  limitOf(answer: WireAnswer): RateLimit | undefined {
    const limit = numberOf(answer, "x-rate-limit-limit");
    const remaining = numberOf(answer, "x-rate-limit-remaining");
    if (limit === undefined || remaining === undefined) {
      return undefined;
    }
    return { limit, remaining, resetAt: this.#resetOf(answer) ?? 0 };
  }

  /**
   * When a refused request may be sent again, by the server's clock: the end of its window, or what `Retry-After` says.
   * `undefined` where the answer does not tell.
   */
  openAt(answer: WireAnswer): number | undefined {
    const now = this.#deps.serverTime.now();
    const reset = this.#resetOf(answer);
    if (reset !== undefined && reset > now) {
      return reset;
    }
    const after = this.retryAfterOf(answer);
    return after === undefined || after === 0 ? undefined : now + after;
  }

  /** `Retry-After` in milliseconds, at most a window where it says something implausible. */
  retryAfterOf(answer: WireAnswer): number | undefined {
    const header = answer.headers["retry-after"];
    const after = retryAfterMs(header, this.#deps.serverTime.now());
    if (after === undefined || after <= MAX_PLAUSIBLE_WAIT_MS) {
      return after;
    }
    this.#warn("retry-after", String(header));
    return WINDOW_MS;
  }

  #resetOf(answer: WireAnswer): number | undefined {
    const reset = numberOf(answer, "x-rate-limit-reset");
    if (reset === undefined) {
      return undefined;
    }
    const { clock, serverTime } = this.#deps;
    const now = serverTime.now();
    const local = clock.now();
    const plausible = (at: number, from: number) => Math.abs(at - from) <= MAX_PLAUSIBLE_WAIT_MS;
    if (plausible(reset * 1000, now)) {
      return reset * 1000;
    }
    const name = "x-rate-limit-reset";
    if (plausible(reset, now)) {
      this.#warn(name, String(reset));
      return reset;
    }
    if (plausible(reset * 1000, local) || plausible(reset, local)) {
      // Its Date is wrong, not this machine's clock.
      this.#warn(name, String(reset));
      return (plausible(reset, local) ? reset : reset * 1000) + serverTime.offset;
    }
    if (reset * 1000 < now) {
      return reset * 1000;
    }
    this.#warn(name, String(reset));
    return this.#assumedEnd(reset, now);
  }

  /** The same for the same value, until it is over: answers of one window are known by its end. */
  #assumedEnd(reset: number, now: number): number {
    const known = this.#assumed.get(reset);
    if (known !== undefined && known > now && known <= now + WINDOW_MS) {
      return known;
    }
    if (this.#assumed.size >= MAX_REMEMBERED) {
      this.#assumed.clear();
    }
    this.#assumed.set(reset, now + WINDOW_MS);
    return now + WINDOW_MS;
  }

  #warn(header: string, value: string): void {
    if (this.#warned.has(header)) {
      return;
    }
    this.#warned.add(header);
    this.#deps.log({
      level: "warn",
      message: "Okta's answers name an implausible end of the rate limit: no more than a minute is waited for it",
      details: {
        header,
        value: value.slice(0, 40),
        clockOffsetSeconds: Math.round(this.#deps.serverTime.offset / 1000),
      },
    });
  }
}

function numberOf(answer: WireAnswer, name: string): number | undefined {
  const value = answer.headers[name];
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}
