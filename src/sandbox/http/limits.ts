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

/** Kinds of orgs by what Okta lets them ask, in its own words. */
export type OrgKind = "workforce" | "enterprise" | "integrator";

/**
 * `default`: the limits of a Workforce org; `integrator`, `enterprise`: those of such an org; `off`: nothing is refused;
 * a number: that many times the default.
 */
export type LimitSetting = "default" | "integrator" | "enterprise" | "off" | number;

/**
 * Requests a minute by bucket, as Okta publishes them for an org of each kind; the numbers differ from org to org, which
 * is why a client must read them from the headers. A bucket is shared by all the URL patterns that count in it.
 */
const LIMITS = {
  "/api/v1/apps/*": { integrator: 20, enterprise: 100, workforce: 100 },
  "/api/v1/groups/*": { integrator: 100, enterprise: 600, workforce: 500 },
  "/api/v1/groups/{id}": { integrator: 100, enterprise: 600, workforce: 1000 },
  "/api/v1/users": { integrator: 100, enterprise: 600, workforce: 600 },
  "/api/v1/users/{id}": { integrator: 100, enterprise: 1000, workforce: 2000 },
  "/api/v1/logs": { integrator: 20, enterprise: 50, workforce: 120 },
  "/api/v1/devices/*": { integrator: 100, enterprise: 150, workforce: 100 },
  "/oauth2/v1/*": { integrator: 100, enterprise: 600, workforce: 600 },
  "/api/v1/*": { integrator: 100, enterprise: 600, workforce: 1200 },
} as const satisfies Readonly<Record<string, Readonly<Record<OrgKind, number>>>>;

/** A rate-limit bucket, named after the URLs that count in it. */
export type Bucket = keyof typeof LIMITS;

/** Calls that may be under way at a time, by kind of org. */
const CONCURRENCY: Readonly<Record<OrgKind, number>> = { integrator: 35, enterprise: 75, workforce: 75 };

/** What every bucket is said to hold where nothing is refused: Okta sends the headers always. */
const GENEROUS_LIMIT = 1_000_000;

/** The kind of org whose limits a setting takes or scales. */
function kindOf(setting: LimitSetting): OrgKind {
  return setting === "integrator" || setting === "enterprise" ? setting : "workforce";
}

/** How many calls may be under way at a time under this setting. */
export function concurrencyOf(setting: LimitSetting): number {
  return setting === "off" ? Number.POSITIVE_INFINITY : CONCURRENCY[kindOf(setting)];
}

/** The rate-limit bucket of a URL pattern or a path. */
export function bucketOf(pattern: string): Bucket {
  const [, first, , resource, ...rest] = pattern.split("/");
  if (first === "oauth2") {
    return "/oauth2/v1/*";
  }
  switch (resource) {
    case "users":
      return rest.length === 0 ? "/api/v1/users" : rest.length === 1 ? "/api/v1/users/{id}" : "/api/v1/*";
    case "groups":
      return rest.length === 1 && rest[0] !== "rules" ? "/api/v1/groups/{id}" : "/api/v1/groups/*";
    case "apps":
    case "devices":
      return `/api/v1/${resource}/*`;
    case "logs":
      return "/api/v1/logs";
    default:
      return "/api/v1/*";
  }
}

/** Counts requests by bucket in fixed windows, as Okta does: a window starts at a multiple of its length. */
export class RateLimits {
  readonly #setting: LimitSetting;
  readonly #windowMs: number;
  readonly #used = new Map<Bucket, number>();
  #windowStart = 0;

  constructor(setting: LimitSetting, windowMs: number) {
    this.#setting = setting;
    this.#windowMs = windowMs;
  }

  /** Takes one request from the bucket at the time `now` (milliseconds since the Unix epoch). */
  take(bucket: Bucket, now: number): Allowance {
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

  #limitOf(bucket: Bucket): number {
    if (this.#setting === "off") {
      return GENEROUS_LIMIT;
    }
    const limit = LIMITS[bucket][kindOf(this.#setting)];
    return typeof this.#setting === "number" ? Math.max(1, Math.round(limit * this.#setting)) : limit;
  }
}
