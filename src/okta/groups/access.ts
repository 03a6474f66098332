import type { Call, Change } from "../../baton/connector.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { segment } from "../api/paths.ts";
import { confirmed } from "../api/writes/confirm.ts";
import { mayHaveHappened } from "../api/writes/write.ts";
import { changing, revoked, revokedAlready } from "../resource/access.ts";
import { grantedOf } from "../resource/entitlement.ts";
import { rawId } from "../resource/raw-id.ts";
import { findInList, hasId } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { groupType, userType } from "../resource/types.ts";
import { DEACTIVATED, explainDeactivated, isDeactivated, noSuchUser, readUser } from "../users/lifecycle.ts";
import { groupResource } from "./resource.ts";
import { explainRefusal, managedElsewhere, noSuchGroup, readGroup } from "./state.ts";

/**
 * Membership of groups. The user's own groups say in one call whether there is anything to do, and of what type the
 * group is; Okta answers a change 204 whether or not it changed anything, so the same list confirms it. Of a group that
 * the user is not in, the type is read where Okta refuses the change. Source: Okta Management API, List all groups of a
 * user; Assign a user to a group.
 */
export function groupAccess(source: Source) {
  const { client, clock } = source;

  /** The group among those of the user; `undefined` where the user is no member. */
  async function membership(user: string, group: string, call: Call): Promise<OktaGroup | undefined> {
    const first = `/api/v1/users/${segment(user)}/groups?limit=200`;
    try {
      return await findInList<OktaGroup>(source, first, call, { is: (one) => one?.id === group, names: hasId });
    } catch (error) {
      if (isFailure(error, "notFound")) throw noSuchUser(user);
      throw error;
    }
  }

  async function send(method: "PUT" | "DELETE", group: string, user: string, call: Call): Promise<void> {
    const path = `/api/v1/groups/${segment(group)}/users/${segment(user)}`;
    try {
      await client.send(method, path, call, { repeatable: true });
    } catch (error) {
      // Whether it was done, the reads that follow tell.
      if (mayHaveHappened(error)) return;
      throw isFailure(error) ? await explained(error, group, user, call) : error;
    }
  }

  async function explained(refusal: Failure, group: string, user: string, call: Call): Promise<Failure> {
    if (refusal.kind === "notFound") {
      return (await readGroup(source, group, call)) === undefined ? noSuchGroup(group) : noSuchUser(user);
    }
    await explainDeactivated(source, refusal, user, call);
    return explainRefusal(source, refusal, group, call, managedElsewhere);
  }

  function held(group: OktaGroup, id: string, user: string, already: boolean): Change {
    const granted = grantedOf(groupResource({ ...group, id }), "member");
    return { grants: [{ granted, principalType: userType.id, principalId: user }], already };
  }

  /** The group, where Okta would take the user as a member. Throws a {@link Failure} where it would not. */
  async function open(id: string, userId: string, call: Call): Promise<OktaGroup> {
    const [group, user] = await Promise.all([readGroup(source, id, call), readUser(source, userId, call)]);
    if (group === undefined) throw noSuchGroup(id);
    const reason = managedElsewhere(group);
    if (reason !== undefined) throw reason;
    if (user?.status === DEACTIVATED) throw isDeactivated(userId);
    return group;
  }

  function unconfirmed(method: string, group: string, user: string, state: string): Failure {
    return new Failure({
      kind: "unavailable",
      message: `Okta does not show the change: user ${user} is still ${state} group ${group}`,
      attempted: `${method} /api/v1/groups/${group}/users/${user}`,
      advice: "try again in a minute: what has been done already is not done twice",
    });
  }

  return changing({
    type: groupType,
    slug: "member",
    ...(source.options.syncReach === true && { onlyRead: ["owner"] as const }),
    takes: [userType],
    async grant(id, { id: user }, call) {
      rawId("group", id);
      const before = await membership(user, id, call);
      if (before !== undefined) {
        const reason = managedElsewhere(before);
        if (reason !== undefined) throw reason;
        return held(before, id, user, true);
      }
      if (call.dryRun === true) {
        const group = await open(id, user, call);
        await send("PUT", id, user, call);
        return held(group, id, user, false);
      }
      await send("PUT", id, user, call);
      let after: OktaGroup | undefined;
      const isMember = async () => {
        after = await membership(user, id, call);
        return after !== undefined;
      };
      if (!(await confirmed(isMember, clock, call))) throw unconfirmed("PUT", id, user, "not a member of");
      return held(after!, id, user, false);
    },
    async revoke(id, { id: user }, call) {
      rawId("group", id);
      const before = await membership(user, id, call);
      if (before === undefined) {
        if ((await readGroup(source, id, call)) === undefined) throw noSuchGroup(id);
        return revokedAlready;
      }
      const reason = managedElsewhere(before);
      if (reason !== undefined) throw reason;
      await send("DELETE", id, user, call);
      if (call.dryRun === true) return revoked;
      const isGone = async () => (await membership(user, id, call)) === undefined;
      if (!(await confirmed(isGone, clock, call))) throw unconfirmed("DELETE", id, user, "a member of");
      return revoked;
    },
  });
}
