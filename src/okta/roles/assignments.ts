import type { Granted } from "../../baton/model/grant.ts";
import { isObject, text } from "../../baton/model/values.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaRoleAssignment } from "../api/json/objects.ts";
import { grantedOf } from "../resource/entitlement.ts";
import { type Readable, readable } from "../resource/readable.ts";
import { customRoleType, roleType } from "../resource/types.ts";
import { roleResource, STANDARD_ROLES } from "./resource.ts";

/** A role that somebody holds. */
export interface HeldRole {
  readonly custom: boolean;
  /** The standard role's type or the custom role's id. */
  readonly id: string;
  /** What the assignment calls it. */
  readonly label: string;
}

/** A role that the list of custom roles shows; `type`: the standard role that it stands for, or `""`. */
export interface ListedRole {
  readonly id: string;
  readonly type: string;
}

/** Assignments that say which role they are of. `what` and `on` name the others. */
export function readableAssignments(
  assignments: readonly OktaRoleAssignment[],
  what: string,
  on: string,
): Readable<OktaRoleAssignment> {
  const isReadable = (one: OktaRoleAssignment) =>
    isObject(one) && text(one.type) !== "" && (one.type !== "CUSTOM" || text(one.role) !== "");
  return readable(assignments, isReadable, { what, why: "Okta's answer holds an assignment without a role", on });
}

/**
 * The roles that a user, group or OAuth app holds by itself: not through a group, and not while the assignment is inactive.
 * A role held several times (a custom one in several resource sets) is there once. `listed`: what the list of custom
 * roles shows, since a standard role that stands there belongs to them.
 */
export function heldRoles(
  assignments: readonly OktaRoleAssignment[],
  holder: "USER" | "GROUP" | "CLIENT",
  customRoles: boolean,
  listed: readonly ListedRole[] = [],
): HeldRole[] {
  const held = new Map<string, HeldRole>();
  for (const one of assignments) {
    if (!isObject(one) || one.status === "INACTIVE") continue;
    // Where it is not said how the role came, it was asked for at this holder.
    if (text(one.assignmentType) !== "" && one.assignmentType !== holder) continue;
    const type = text(one.type);
    const governed = isGoverned(one) ? listedAs(one, listed) : undefined;
    const custom = type === "CUSTOM" || governed !== undefined;
    if (custom && !customRoles) continue;
    const id = governed ?? text(custom ? one.role : one.type);
    const key = `${custom} ${id}`;
    if (id !== "" && !held.has(key)) held.set(key, { custom, id, label: text(one.label) || id });
  }
  return [...held.values()];
}

/**
 * Whether an assignment of a standard role is made through a role of its own, as custom ones are: it then names that
 * role. Source: Okta Management API, role assignments of Workflows, Access Requests and Access Certifications Administrator.
 */
export function isGoverned(one: OktaRoleAssignment): boolean {
  const type = text(one.type);
  return type !== "CUSTOM" && !STANDARD_ROLES.has(type) && text(one.role) !== "";
}

/** The custom role that a standard role's assignment belongs to: the one that it names, or the one of its type. */
function listedAs(one: OktaRoleAssignment, listed: readonly ListedRole[]): string | undefined {
  const [type, role] = [text(one.type), text(one.role)];
  if (type === "") return undefined;
  return listed.find(({ id, type: of }) => id === role || id === type || of === type)?.id;
}

/** The role as a resource, with the label that the assignment gives. */
export function heldResource(role: HeldRole): Resource {
  return roleResource(role.custom ? customRoleType : roleType, role.id, role.label);
}

/** Whether only its assignments show that there is such a role. */
export function isUnlisted(role: HeldRole): boolean {
  return !role.custom && !STANDARD_ROLES.has(role.id);
}

/** How many roles are kept; an org has fewer, so the bound is for what cannot be foreseen. */
const MAX_ROLES = 10_000;

/** Makes what the grants of a role share: one object per role and label, so that it is encoded once. */
export function createGrantedRoles(): (role: HeldRole) => Granted {
  const made = new Map<string, Granted>();
  return (role) => {
    const key = `${role.custom} ${role.id} ${role.label}`;
    let granted = made.get(key);
    if (granted === undefined) {
      granted = grantedOf(heldResource(role), "assigned");
      if (made.size >= MAX_ROLES) made.clear();
      made.set(key, granted);
    }
    return granted;
  };
}
