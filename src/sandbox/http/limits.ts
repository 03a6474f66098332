/** What an answer says of the rate limit that applies to it. */
export interface Allowance {
  /** Requests a window. */
  readonly limit: number;
  readonly remaining: number;
  /** When the window ends, in milliseconds since the Unix epoch. */
  readonly resetAt: number;
  /** The window has no request left for this call. */
  readonly refused: boolean;
}

/** `default`: Okta's order of size; `off`: nothing is refused; a number: that many times the default. */
export type LimitSetting = "default" | "off" | number;

/**
 * Requests a minute by bucket. Okta Management API, default limits of a Workforce org; the numbers differ from org to
 * org, which is why a client must read them from the headers.
 */
const DEFAULT_LIMITS: Readonly<Record<string, number>> = {
  "/api/v1/users": 600,
  "/api/v1/users/{id}": 600,
  "/api/v1/groups": 500,
  "/api/v1/groups/{id}/*": 500,
  "/api/v1/apps": 100,
  "/api/v1/apps/{id}/*": 500,
  "/api/v1/logs": 120,
  "/api/v1/iam/*": 200,
  "/oauth2/v1/*": 600,
  "/api/v1/*": 1200,
};

/** What every bucket is said to hold where nothing is refused: Okta sends the headers always. */
const GENEROUS_LIMIT = 1_000_000;

/** The rate-limit bucket of a URL pattern or a path, as `/api/v1/groups/{id}/*`. */
export function bucketOf(pattern: string): string {
  const [, first, , resource, ...rest] = pattern.split("/");
  if (first === "oauth2") {
    return "/oauth2/v1/*";
  }
  switch (resource) {
    case "users":
      return rest.length === 0 ? "/api/v1/users" : rest.length === 1 ? "/api/v1/users/{id}" : "/api/v1/*";
    case "groups":
    case "apps":
      return rest.length === 0 ? `/api/v1/${resource}` : `/api/v1/${resource}/{id}/*`;
    case "logs":
      return "/api/v1/logs";
    case "iam":
      return "/api/v1/iam/*";
    default:
      return "/api/v1/*";
  }
}

/** Counts requests by bucket in fixed windows, as Okta does: a window starts at a multiple of its length. */
export class RateLimits {
  readonly #setting: LimitSetting;
  readonly #windowMs: number;
  readonly #used = new Map<string, number>();
  #windowStart = 0;

  constructor(setting: LimitSetting, windowMs: number) {
    this.#setting = setting;
    this.#windowMs = windowMs;
  }

  /** Takes one request from the bucket at the time `now` (milliseconds since the Unix epoch). */
  take(bucket: string, now: number): Allowance {
    const windowStart = Math.floor(now / this.#windowMs) * this.#windowMs;
    if (windowStart !== this.#windowStart) {
      this.#windowStart = windowStart;
      this.#used.clear();
    }
    const resetAt = windowStart + this.#windowMs;
    const limit = this.#limitOf(bucket);
    const used = this.#used.get(bucket) ?? 0;
    if (used >= limit) {
      return { limit, remaining: 0, resetAt, refused: this.#setting !== "off" };
    }
    this.#used.set(bucket, used + 1);
    return { limit, remaining: limit - used - 1, resetAt, refused: false };
  }

  /** Forgets what was used. */
  reset(): void {
    this.#used.clear();
  }

  #limitOf(bucket: string): number {
    if (this.#setting === "off") {
      return GENEROUS_LIMIT;
    }
    const limit = DEFAULT_LIMITS[bucket] ?? DEFAULT_LIMITS["/api/v1/*"]!;
    return this.#setting === "default" ? limit : Math.max(1, Math.round(limit * this.#setting));
  }
}
