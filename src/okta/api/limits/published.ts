/** Apps and everything under them. */
export const APPS = "/api/v1/apps/*";
/** Groups and everything under them, but a single group. */
export const GROUPS = "/api/v1/groups/*";
/** Whatever has no bucket of its own, as a user's groups. */
export const OTHERS = "/api/v1/*";

/**
 * The rate-limit bucket that a URL pattern is counted in, by what Okta publishes: all under `/apps` is one, all under
 * `/groups` but a single group, the list of users, a single user, the log, devices, OAuth, and one for all else;
 * `undefined` for what is none of Okta's API. The headers of an org decide how many requests it allows, and show where it
 * counts otherwise. Source: Okta's documentation of rate limits.
 */
export function publishedBucket(pattern: string): string | undefined {
  if (pattern.startsWith("/oauth2/")) return "/oauth2/v1/*";
  if (!pattern.startsWith("/api/v1/")) return undefined;
  const [, , , resource, ...rest] = pattern.split("/");
  switch (resource) {
    case "users":
      return rest.length === 0 ? "/api/v1/users" : rest.length === 1 ? "/api/v1/users/{id}" : OTHERS;
    case "groups":
      return rest.length === 1 && rest[0] !== "rules" ? "/api/v1/groups/{id}" : GROUPS;
    case "apps":
      return APPS;
    case "devices":
      return "/api/v1/devices/*";
    case "logs":
      return "/api/v1/logs";
    default:
      return OTHERS;
  }
}
