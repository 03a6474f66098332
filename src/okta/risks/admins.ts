import type { Evidence } from "../../baton/model/evidence.ts";
import type { NotKnown } from "../../baton/model/finding.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import { notKnown, unreadable } from "./facts.ts";

/** An admin role that somebody holds, and how. */
export interface HeldAdminRole {
  /** The standard or custom role. */
  readonly role: ResourceKey;
  readonly direct: boolean | null;
  readonly via: readonly (readonly ResourceKey[])[];
}

/** Who holds admin roles: roles by the id of the holder. */
export interface Admins {
  readonly users: ReadonlyMap<string, readonly HeldAdminRole[]>;
  readonly groups: ReadonlyMap<string, readonly HeldAdminRole[]>;
  readonly apps: ReadonlyMap<string, readonly HeldAdminRole[]>;
  /** Why there may be others. */
  readonly gaps: readonly NotKnown[];
}

export const SUPER_ADMIN = "SUPER_ADMIN";

const found = new WeakMap<Evidence, Admins>();

/** Who holds admin roles, standard, custom or by a binding, themselves or through groups. Read once. */
export function adminsOf(evidence: Evidence): Admins {
  const known = found.get(evidence) ?? readAdmins(evidence);
  found.set(evidence, known);
  return known;
}

function readAdmins(evidence: Evidence): Admins {
  const holders = {
    user: new Map<string, HeldAdminRole[]>(),
    group: new Map<string, HeldAdminRole[]>(),
    app: new Map<string, HeldAdminRole[]>(),
  };
  for (const { id, role } of adminEntitlements(evidence)) {
    for (const { principal, direct, via } of evidence.holders(id)) {
      const of = holders[principal.type as keyof typeof holders];
      if (of === undefined) continue;
      const held = of.get(principal.id) ?? [];
      of.set(principal.id, held);
      const same = held.findIndex((one) => one.role.id === role.id && one.role.type === role.type);
      if (same < 0) held.push({ role, direct, via });
      else if (direct === true || held[same]!.direct === null) held[same] = { role, direct, via };
    }
  }
  const gaps = [...gapsOf(evidence, holders.user.size + holders.group.size)];
  return { users: holders.user, groups: holders.group, apps: holders.app, gaps };
}

/** The entitlements that are admin access, each with its role: a binding's is the custom role that it binds. */
export function* adminEntitlements(evidence: Evidence): Generator<{ id: string; role: ResourceKey }> {
  for (const type of ["role", "custom-role"]) {
    for (const { id, resource } of evidence.entitlements(type, "assigned")) yield { id, role: resource };
  }
  for (const { id, resource } of evidence.entitlements("resourceset-binding", "member")) {
    yield { id, role: { type: "custom-role", id: resource.id.slice(resource.id.lastIndexOf(":") + 1) } };
  }
}

function* gapsOf(evidence: Evidence, holders: number): Generator<NotKnown> {
  if (!evidence.hasType("role")) yield notKnown("admin roles were not read");
  else if (holders === 0) yield notKnown("no admin is in the snapshot, and an org has at least one");
  if (!evidence.hasType("custom-role")) yield notKnown("custom admin roles were not read (--sync-custom-roles)");
  yield* unreadable(evidence, /role|resource set|members of groups|users|groups/i);
}

/** Why what service apps hold is not known; nothing where it is. */
export function* serviceAppGaps(evidence: Evidence): Generator<NotKnown> {
  if (!evidence.hasType("role-assignment")) yield notKnown("what service apps hold was not read (--sync-reach)");
  yield* unreadable(evidence, /app/i);
}

/** How much the standard roles can do, compared to each other; others cannot be compared. */
const STRENGTH: Readonly<Record<string, number>> = {
  REPORT_ADMIN: 1,
  READ_ONLY_ADMIN: 1,
  GROUP_MEMBERSHIP_ADMIN: 2,
  HELP_DESK_ADMIN: 2,
  MOBILE_ADMIN: 2,
  USER_ADMIN: 3,
  API_ACCESS_MANAGEMENT_ADMIN: 3,
  APP_ADMIN: 3,
  ORG_ADMIN: 4,
  [SUPER_ADMIN]: 5,
};

/** The strength of a role; `undefined` where it cannot be compared: custom ones, and standard ones that are not listed. */
export function strengthOf(role: ResourceKey): number | undefined {
  return role.type === "role" && Object.hasOwn(STRENGTH, role.id) ? STRENGTH[role.id] : undefined;
}

/** The greatest strength among roles; 0 without any that can be compared. */
export function strongest(roles: readonly HeldAdminRole[]): number {
  return Math.max(0, ...roles.map(({ role }) => strengthOf(role) ?? 0));
}

/** The names of roles, as they are shown in a sentence. */
export function roleNames(evidence: Evidence, roles: readonly { readonly role: ResourceKey }[]): string {
  return [...new Set(roles.map(({ role }) => evidence.name(role)))].join(", ");
}

/** The way to a role: through the first group, where it is not held directly. */
export function pathTo({ role, direct, via }: HeldAdminRole): ResourceKey[] {
  return direct === true ? [role] : [...(via[0] ?? []), role];
}

/** The worst of some roles, standard before custom, for the path of a finding. */
export function worst(roles: readonly HeldAdminRole[]): HeldAdminRole {
  const key = ({ role }: HeldAdminRole) => resourceKey(role.type, role.id);
  return [...roles].sort(
    (a, b) => (strengthOf(b.role) ?? 0) - (strengthOf(a.role) ?? 0) || (key(a) < key(b) ? -1 : 1),
  )[0]!;
}
