/** What the program is set up to do, as far as it decides which OAuth scopes it asks for. */
export interface Capabilities {
  /** API tokens are read as secrets. */
  readonly secrets?: boolean;
  readonly devices?: boolean;
  /** Custom roles and resource sets are read; they need no scope beyond the one for roles. */
  readonly customRoles?: boolean;
  /** How far access reaches is read. */
  readonly reach?: boolean;
  /** Access is changed. */
  readonly provisioning?: boolean;
  /** The system log is read as events. */
  readonly logs?: boolean;
}

/**
 * The OAuth scopes to ask for. Okta leaves those that the app was not granted out of the token without a word.
 * Source: Okta Management API, `security` of each operation.
 */
export function scopesFor(capabilities: Capabilities): readonly string[] {
  const scopes = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.roles.read"];
  if (capabilities.secrets) {
    scopes.push("okta.apiTokens.read");
  }
  if (capabilities.devices) {
    scopes.push("okta.devices.read");
  }
  if (capabilities.reach) {
    scopes.push("okta.appGrants.read");
  }
  if (capabilities.logs) {
    scopes.push("okta.logs.read");
  }
  if (capabilities.provisioning) {
    scopes.push("okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.roles.manage");
    if (capabilities.devices) {
      scopes.push("okta.devices.manage");
    }
  }
  return scopes;
}

/** What each resource type's access is changed with, and what has to be read besides. */
const CHANGES: Readonly<Record<string, { manage: string; read: readonly string[] }>> = {
  user: { manage: "users", read: [] },
  group: { manage: "groups", read: ["users"] },
  app: { manage: "apps", read: ["users", "groups"] },
  role: { manage: "roles", read: ["users", "groups"] },
  "custom-role": { manage: "roles", read: ["users", "groups"] },
  "resource-set": { manage: "roles", read: [] },
  "resourceset-binding": { manage: "roles", read: ["users", "groups"] },
};

/**
 * The OAuth scopes that changing resources of these types takes; for a type that is not known, all there are. A
 * `.manage` scope reads too. Source: Okta Management API, `security` of each operation.
 */
export function scopesForChange(types: readonly string[]): readonly string[] {
  const changes = types.map((type) => (Object.hasOwn(CHANGES, type) ? CHANGES[type] : undefined));
  if (changes.includes(undefined)) return ["users", "groups", "apps", "roles"].map((area) => `okta.${area}.manage`);
  const managed = new Set(changes.map((change) => change!.manage));
  const read = new Set(changes.flatMap((change) => change!.read).filter((area) => !managed.has(area)));
  return [...[...managed].map((area) => `okta.${area}.manage`), ...[...read].map((area) => `okta.${area}.read`)];
}

const AREAS: readonly (readonly [RegExp, string])[] = [
  [/\/roles(\/|$)|^\/api\/v1\/iam\//, "roles"],
  [/^\/api\/v1\/apps\/[^/]+\/grants(\/|$)/, "appGrants"],
  [/^\/api\/v1\/groups\/[^/]+\/users\//, "groups"],
  [/^\/api\/v1\/api-tokens(\/|$)/, "apiTokens"],
  [/^\/api\/v1\/users(\/|$)/, "users"],
  [/^\/api\/v1\/groups(\/|$)/, "groups"],
  [/^\/api\/v1\/apps(\/|$)/, "apps"],
  [/^\/api\/v1\/devices(\/|$)/, "devices"],
  [/^\/api\/v1\/logs(\/|$)/, "logs"],
  [/^\/api\/v1\/meta\//, "schemas"],
  [/^\/api\/v1\/org(\/|$)/, "orgs"],
];

/** The OAuth scope that an endpoint asks for, where it is known. Source: Okta Management API, `security`. */
export function scopeOf(method: string, path: string): string | undefined {
  const area = AREAS.find(([pattern]) => pattern.test(path))?.[1];
  if (area === undefined) {
    return undefined;
  }
  return `okta.${area}.${method === "GET" || method === "HEAD" ? "read" : "manage"}`;
}
