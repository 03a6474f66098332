import type { Probe } from "../plan/probe.ts";
import { STANDARD_ROLES } from "../roles/resource.ts";
import type { Area, Needs } from "./capabilities.ts";
import type { CustomRoleHeld, Missing, RolesHeld, Verdict } from "./report.ts";

/** What a capability is judged by, besides what was read. */
export interface Privileges {
  readonly oauth: boolean;
  /** Scopes of the OAuth token; absent for an API token. */
  readonly scopes?: readonly string[];
  /** Absent where they are not readable. */
  readonly roles?: RolesHeld;
  readonly rolesUnknown?: string;
  /** Okta shows no users at all: an OAuth app without an admin role. */
  readonly blind: boolean;
  /** Something was refused that a Super Administrator may read. */
  readonly notSuperAdmin: boolean;
}

/** What is said of a capability. */
export interface Judged {
  readonly can: Verdict;
  readonly why?: string;
  readonly missing?: Missing;
}

/** The standard roles that may have been given for some groups or apps only. */
const LIMITED: Readonly<Record<Area, readonly string[]>> = {
  users: ["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"],
  groups: ["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"],
  apps: ["APP_ADMIN"],
};

const NO_ADMIN_ROLE = "Okta shows this app nothing: it has its scopes but no admin role";

/**
 * Judges reading by what was read: the list itself, and what belongs to each of its items (`parts`, by what it is
 * called).
 */
export function judgeRead(
  needs: Needs,
  list: Probe<unknown>,
  parts: Readonly<Record<string, Probe<unknown> | undefined>>,
  privileges: Privileges,
): Judged {
  const missing = missingFor(needs, privileges);
  if (list.outcome === "refused") {
    const lacking = missing.scopes === undefined ? missing : { scopes: missing.scopes };
    return { can: "no", why: list.failure.message, missing: lacking };
  }
  if (list.outcome === "absent") return { can: "no", why: "the org does not have it (Okta answered 404)" };
  if (list.outcome === "failed") return { can: "cannot tell", why: list.failure.message };
  if (privileges.blind) return { can: "no", why: NO_ADMIN_ROLE, missing };
  const refused = Object.entries(parts).filter(([, probe]) => probe?.outcome === "refused");
  if (refused.length > 0) {
    const [, probe] = refused[0]!;
    const why = probe?.outcome === "refused" ? `: ${probe.failure.message}` : "";
    return { can: "partly", why: `not ${refused.map(([name]) => name).join(", nor ")}${why}`, missing };
  }
  const failed = Object.entries(parts).find(([, probe]) => probe?.outcome === "failed");
  if (failed?.[1]?.outcome === "failed") {
    return { can: "cannot tell", why: `${failed[0]}: ${failed[1].failure.message}` };
  }
  const limits = readingLimits(needs, privileges);
  return limits === undefined ? { can: "yes" } : { can: "partly", why: limits };
}

/** What of an area is hidden from roles that do not reach the whole org; nothing where they do, or where it is unknown. */
function readingLimits({ area, full, permissions = [] }: Needs, { roles }: Privileges): string | undefined {
  if (area === undefined || roles === undefined || roles.standard.some((role) => full.includes(role))) return undefined;
  const limited = roles.standard.filter((role) => LIMITED[area].includes(role));
  if (roles.standard.some((role) => !limited.includes(role))) return undefined;
  const reading = roles.custom.filter(({ permissions: held }) => held === undefined || allows(held, permissions));
  if (reading.some(({ reach }) => reach[area] === "all")) return undefined;
  if (limited.length > 0) return `${namesOf(limited)} may have been given for some ${rangeOf(area)} only`;
  return reading.length === 0 ? undefined : `only what ${setsOf(reading)} holds`;
}

/** Judges a change by scopes and admin roles alone: nothing is tried. `readable`: whether its objects can be read. */
export function judgeWrite(needs: Needs, privileges: Privileges, readable: boolean): Judged {
  const { roles, notSuperAdmin, blind } = privileges;
  const missing = missingFor(needs, privileges);
  const byRole = judgeRoles(needs, privileges);
  if (missing.scopes !== undefined) {
    const lacking = byRole.can === "no" || roles === undefined ? missing : { scopes: missing.scopes };
    return { can: "no", why: `the app lacks ${missing.scopes.join(" and ")}`, missing: lacking };
  }
  if (blind) return { can: "no", why: NO_ADMIN_ROLE, missing };
  if (byRole.can !== "cannot tell") return byRole.can === "no" ? { ...byRole, missing } : byRole;
  if (!readable) return { can: "no", why: "what it would change cannot even be read", missing };
  if (notSuperAdmin && needs.full.every((role) => role === "SUPER_ADMIN") && needs.permissions === undefined) {
    return { can: "no", why: "a Super Administrator could read more than these credentials can", missing };
  }
  return byRole;
}

function judgeRoles(needs: Needs, { roles, rolesUnknown }: Privileges): Judged {
  const { full, limited = [], permissions = [], parts = {}, area, except } = needs;
  if (roles === undefined) return { can: "cannot tell", why: rolesUnknown ?? "the admin roles are not readable" };
  const remark = except === undefined || roles.standard.includes("SUPER_ADMIN") ? {} : { why: except };
  if (roles.standard.some((role) => full.includes(role))) return { can: "yes", ...remark };
  const able = roles.custom.filter(({ permissions: held }) => held !== undefined && allows(held, permissions));
  if (area !== undefined && able.some(({ reach }) => reach[area] === "all")) return { can: "yes", ...remark };
  const some: string[] = [];
  const standard = roles.standard.filter((role) => limited.includes(role));
  if (standard.length > 0 && area !== undefined) {
    some.push(`${namesOf(standard)} may have been given for some ${rangeOf(area)} only`);
  }
  const reaching = able.filter(({ reach }) => area === undefined || reach[area] !== "none");
  if (reaching.length > 0) some.push(`only what ${setsOf(reaching)} holds`);
  for (const [permission, part] of Object.entries(parts)) {
    if (able.length === 0 && roles.custom.some(({ permissions: held }) => held?.includes(permission))) some.push(part);
  }
  if (some.length > 0) {
    return { can: "partly", why: [...some, ...(except === undefined ? [] : [except])].join("; ") };
  }
  if (permissions.length > 0 && roles.custom.some(({ permissions: held }) => held === undefined)) {
    return { can: "cannot tell", why: "the permissions of the custom role are not readable" };
  }
  const held = [...roles.standard.map((role) => STANDARD_ROLES.get(role) ?? role), ...roles.custom.map((r) => r.label)];
  return { can: "no", why: held.length === 0 ? "there is no admin role" : `the admin role is ${held.join(", ")}` };
}

/** What would have to be granted: the scopes that the app lacks, and the roles that would do. */
function missingFor(needs: Needs, { oauth, scopes }: Privileges): Missing {
  const lacking = oauth ? needs.scopes.filter((scope) => !isGranted(scope, scopes ?? [])) : [];
  return { ...(lacking.length > 0 && { scopes: lacking }), adminRole: rolesThatDo(needs) };
}

function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.includes(scope) || granted.includes(scope.replace(/\.read$/, ".manage"));
}

/** The admin roles that would do, the least first. */
function rolesThatDo({ full, limited = [], permissions = [] }: Needs): string {
  const standard = [...limited, ...[...full].reverse()].map((role) => STANDARD_ROLES.get(role) ?? role);
  const custom = permissions.length === 0 ? "" : ` or a custom role with ${permissions[0]!.join(" and ")}`;
  return `${standard.join(" or ")}${custom}`;
}

function allows(held: readonly string[], needed: readonly (readonly string[])[]): boolean {
  const has = (permission: string) =>
    held.includes(permission) || (permission.endsWith(".read") && held.includes(permission.replace(/read$/, "manage")));
  return needed.some((set) => set.every(has));
}

function namesOf(roles: readonly string[]): string {
  return roles.map((role) => STANDARD_ROLES.get(role) ?? role).join(" and ");
}

function rangeOf(area: Area): string {
  return area === "apps" ? "apps" : "groups";
}

function setsOf(roles: readonly CustomRoleHeld[]): string {
  const sets = [...new Set(roles.map(({ resourceSet }) => resourceSet).filter((set) => set !== undefined))];
  return sets.length === 0 ? "the role's resource set" : `the resource set ${sets.join(" or ")}`;
}
