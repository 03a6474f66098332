import type { Call, Change, Cursor } from "../../baton/connector.ts";
import { HeldOtherwise } from "../../baton/model/held-otherwise.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import { text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaRoleAssignment } from "../api/json/objects.ts";
import { nextCursors, principalOf, segment } from "../api/paths.ts";
import { confirmed, notShown } from "../api/writes/confirm.ts";
import { sendOnce, sendRemoval } from "../api/writes/lost-answer.ts";
import { noSuchGroup } from "../groups/state.ts";
import { changing, revoked, revokedAlready } from "../resource/access.ts";
import { grantedOf } from "../resource/entitlement.ts";
import { nameless, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { groupType, roleType, userType } from "../resource/types.ts";
import { explainDeactivated, isDeactivated, isKnownDeactivated, noSuchUser } from "../users/lifecycle.ts";
import { mayBeStandard, roleResource, STANDARD_ROLES } from "./resource.ts";

/**
 * Assignment of standard admin roles to users and groups. A user's roles include those that a group gives; only the
 * user's own are given and taken away here. Source: Okta Management API, Assign a user role; Assign a role to a group.
 */
export function roleAccess(source: Source) {
  const { client } = source;

  const rolesOf = ({ type, id }: ResourceKey) =>
    `/api/v1/${type === groupType.id ? "groups" : "users"}/${segment(id)}/roles`;

  /**
   * The principal's assignments of one role, those through groups included. Throws a {@link Failure} of kind `unavailable`
   * where there is none and some assignment does not say of which role it is.
   */
  async function assignments(role: string, principal: ResourceKey, call: Call): Promise<OktaRoleAssignment[]> {
    const all: OktaRoleAssignment[] = [];
    let nameable = true;
    try {
      for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
        const page: ListPage<OktaRoleAssignment> = await readPage(source, cursor, rolesOf(principal), call);
        all.push(...page.items.filter((one) => one?.type === role));
        nameable &&= page.items.every((one) => text(one?.type) !== "");
        cursor = nextCursors(page.next)[0];
      }
    } catch (error) {
      if (isFailure(error, "notFound")) throw nobody(principal);
      throw error;
    }
    if (all.length === 0 && !nameable) throw nameless(rolesOf(principal), "an assignment without a role");
    return all;
  }

  async function own(role: string, principal: ResourceKey, call: Call): Promise<OktaRoleAssignment | undefined> {
    return (await assignments(role, principal, call)).find((one) => isOwn(one, principal) && isActive(one));
  }

  async function assign(role: string, principal: ResourceKey, call: Call): Promise<Change> {
    const before = (await assignments(role, principal, call)).filter((one) => isOwn(one, principal));
    const active = before.find(isActive);
    if (active !== undefined) return held(role, principal, active, true);
    if (
      call.dryRun === true &&
      principal.type === userType.id &&
      (await isKnownDeactivated(source, principal.id, call))
    ) {
      throw isDeactivated(principal.id);
    }
    let made: OktaRoleAssignment | undefined;
    try {
      const body = { type: role };
      made = await sendOnce({
        send: () => client.send<OktaRoleAssignment>("POST", rolesOf(principal), call, { body, repeatable: false }),
        look: () => own(role, principal, call),
        otherwise: `${principal.type} ${principal.id} does not hold the role ${role}`,
      });
    } catch (error) {
      if (isFailure(error) && (error.kind === "alreadyExists" || error.answer?.code === "E0000090")) {
        // Somebody else has assigned it since, or an assignment is there that does not work, or it is about something else.
        const now = await own(role, principal, call);
        if (now !== undefined) return held(role, principal, now, true);
        throw before.length > 0 ? inactive(role, principal, error) : notHeld(role, principal, error);
      }
      if (isFailure(error, "notFound")) throw nobody(principal);
      if (isFailure(error, "invalidArgument") && !STANDARD_ROLES.has(role) && saysOfType(error)) {
        throw noSuchRole(role, error);
      }
      if (principal.type === userType.id) await explainDeactivated(source, error, principal.id, call);
      throw error;
    }
    // The answer that is the assignment is the proof; any other is looked into.
    const isShown = () => text(made?.id) !== "" && made?.type === role && isActive(made);
    if (call.dryRun === true || isShown()) return held(role, principal, made, false);
    const look = async () => {
      made = await own(role, principal, call);
      return made !== undefined;
    };
    if (await confirmed(look, source.clock, call)) return held(role, principal, made, false);
    const still = `${principal.type} ${principal.id} still does not hold the role ${role}`;
    throw notShown(`POST ${rolesOf(principal)}`, still);
  }

  async function unassign(role: string, principal: ResourceKey, call: Call): Promise<Change> {
    const all = await assignments(role, principal, call);
    const mine = all.filter((one) => isOwn(one, principal) && isActive(one));
    if (mine.some((one) => text(one.id) === "")) throw withoutId(role, principal);
    if (mine.length === 0) {
      const inherited = all.find((one) => !isOwn(one, principal) && isActive(one));
      if (inherited !== undefined) throw throughGroup(role, principal, inherited);
      return revokedAlready;
    }
    let changed = false;
    for (const one of mine) {
      const path = `${rolesOf(principal)}/${segment(text(one.id))}`;
      const isThere = async () => (await own(role, principal, call)) !== undefined;
      if (await sendRemoval(source, path, call, isThere)) changed = true;
    }
    if (changed && call.dryRun !== true) {
      const isGone = async () => (await own(role, principal, call)) === undefined;
      if (!(await confirmed(isGone, source.clock, call))) {
        const still = `${principal.type} ${principal.id} still holds the role ${role}`;
        throw notShown(`DELETE ${rolesOf(principal)}/{assignment}`, still);
      }
    }
    return changed ? revoked : revokedAlready;
  }

  return changing({
    type: roleType,
    slug: "assigned",
    takes: [userType, groupType],
    async grant(role, principal, call) {
      mustBeStandard(role);
      return assign(role, principal, call);
    },
    async revoke(role, principal, call) {
      mustBeStandard(role);
      return unassign(role, principal, call);
    },
  });
}

/** Whether it is the principal's own assignment. Where it is not said how it came, it was asked for at this one. */
function isOwn(one: OktaRoleAssignment, { type }: ResourceKey): boolean {
  const how = text(one.assignmentType);
  return how === "" || how === (type === groupType.id ? "GROUP" : "USER");
}

function isActive(one: OktaRoleAssignment): boolean {
  return one.status !== "INACTIVE";
}

/** The grant, named as a sync names it: a user's by the table of roles, a group's by Okta's assignment. */
function held(role: string, { type, id }: ResourceKey, one: OktaRoleAssignment | undefined, already: boolean): Change {
  const ofTable = STANDARD_ROLES.get(role);
  const ofAnswer = text(one?.label);
  const isGroup = type === groupType.id;
  const label = (isGroup ? ofAnswer || ofTable : ofTable || ofAnswer) || role;
  const granted = grantedOf(roleResource(roleType, role, label), "assigned");
  const expandable = { entitlementIds: [entitlementId(groupType.id, id, "member")], shallow: true };
  return { grants: [{ granted, principalType: type, principalId: id, ...(isGroup && { expandable }) }], already };
}

function mustBeStandard(role: string): void {
  if (!STANDARD_ROLES.has(role) && !mayBeStandard(role)) throw noSuchRole(role);
}

function noSuchRole(role: string, cause?: Failure): Failure {
  return new Failure({
    kind: "notFound",
    message: `there is no standard role "${role}"`,
    advice: "a custom role is granted by its binding: resourceset-binding:<resource set>:<role>:member",
    ...(cause !== undefined && { cause }),
    ...(cause?.attempted !== undefined && { attempted: cause.attempted }),
    ...(cause?.answer !== undefined && { answer: cause.answer }),
  });
}

function saysOfType(error: Failure): boolean {
  return /\btype\b/i.test(error.answer?.summary ?? "");
}

function nobody({ type, id }: ResourceKey): Failure {
  return type === groupType.id ? noSuchGroup(id) : noSuchUser(id);
}

function inactive(role: string, { type, id }: ResourceKey, cause: Failure): Failure {
  return refused(
    `${type} ${id} has the role ${role} already, but it is inactive`,
    "remove the inactive assignment in Okta first",
    cause,
  );
}

/** A conflict is not about what is asked for where a read does not show it. */
function notHeld(role: string, { type, id }: ResourceKey, cause: Failure): Failure {
  return refused(
    `Okta does not give ${type} ${id} the role ${role}, and ${type} ${id} does not hold it: ${cause.message}`,
    "look at what Okta says; nothing has been changed",
    cause,
  );
}

function refused(message: string, advice: string, cause: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message,
    advice,
    ...(cause.attempted !== undefined && { attempted: cause.attempted }),
    ...(cause.answer !== undefined && { answer: cause.answer }),
    cause,
  });
}

function withoutId(role: string, { type, id }: ResourceKey): Failure {
  return new Failure({
    kind: "internal",
    message: `Okta lists an assignment of the role ${role} to ${type} ${id} without its id, so it cannot be taken away`,
    advice: "take it away in Okta",
  });
}

function throughGroup(role: string, { id }: ResourceKey, one: OktaRoleAssignment): Failure {
  const group = principalOf(one._links?.assignee?.href);
  const isKnown = group?.type === "group";
  const way = isKnown ? `group ${group.id}` : "a group";
  return new HeldOtherwise([way], {
    message: `user ${id} has the role ${role} through ${way}, not by itself`,
    advice: isKnown
      ? `take the user out of the group, or revoke role:${role}:assigned:group:${group.id}`
      : "take the user out of the group that has the role, or revoke the role from that group",
  });
}
