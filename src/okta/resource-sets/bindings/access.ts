import type { Call, Change } from "../../../baton/connector.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { OktaCustomRole, OktaLinked } from "../../api/json/objects.ts";
import { segment } from "../../api/paths.ts";
import { confirmed, notShown } from "../../api/writes/confirm.ts";
import { removeAndVerify, sendOnce } from "../../api/writes/lost-answer.ts";
import { noSuchGroup, readGroup } from "../../groups/state.ts";
import { changing, revoked, revokedAlready } from "../../resource/access.ts";
import { grantedOf } from "../../resource/entitlement.ts";
import { rawId } from "../../resource/raw-id.ts";
import { findInList, hasId, inField, readOne, withoutId } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { bindingType, groupType, userType } from "../../resource/types.ts";
import { explainDeactivated, noSuchUser, readUser } from "../../users/lifecycle.ts";
import { noSuchSet, RESOURCE_SETS, readSet, setResource } from "../reading.ts";
import { isBound, parseBindingId } from "./id.ts";
import { isClient, selfOf } from "./member.ts";

/** A binding, as a path and by its parts. */
interface Binding {
  readonly set: string;
  readonly role: string;
  /** The path of the set's bindings. */
  readonly all: string;
  /** The path of this one. */
  readonly path: string;
}

/**
 * Membership of bindings: who has a custom role for a resource set. The first member makes the binding; later ones are
 * added to it. Source: Okta Management API, Create a resource set binding; Add members to a binding.
 */
export function bindingAccess(source: Source) {
  const { client, origin } = source;

  function bindingOf(id: string): Binding {
    const { set, role } = parseBindingId(id);
    const all = `${RESOURCE_SETS}/${segment(rawId("resource set", set))}/bindings`;
    return { set, role, all, path: `${all}/${segment(rawId("custom role", role))}` };
  }

  /** The principal's membership; `undefined` where it is none, or there is no such binding. */
  async function membership(binding: Binding, principal: ResourceKey, call: Call): Promise<OktaLinked | undefined> {
    try {
      return await findInList<OktaLinked>(source, `${binding.path}/members`, call, {
        items: inField("members"),
        is(one) {
          const who = selfOf(one);
          return who?.type === principal.type && who.id === principal.id;
        },
        names: (one) => selfOf(one) !== undefined || isClient(one),
      });
    } catch (error) {
      if (isFailure(error, "notFound")) return undefined;
      throw error;
    }
  }

  async function mustBeCustomRole(role: string, call: Call): Promise<void> {
    if ((await readOne<OktaCustomRole>(source, "/api/v1/iam/roles", role, call)) !== undefined) return;
    throw new Failure({ kind: "notFound", message: `there is no custom role ${role}` });
  }

  async function mustBeThere({ type, id }: ResourceKey, call: Call): Promise<void> {
    const read = type === groupType.id ? readGroup : readUser;
    if ((await read(source, id, call)) !== undefined) return;
    throw type === groupType.id ? noSuchGroup(id) : noSuchUser(id);
  }

  /** Adds the principal to a binding that is there, or makes the binding with it. */
  async function add(binding: Binding, isThere: boolean, principal: ResourceKey, call: Call): Promise<void> {
    const { type, id } = principal;
    const member = `${origin.url}/api/v1/${type === groupType.id ? "groups" : "users"}/${segment(id)}`;
    const request = isThere
      ? { method: "PATCH", path: `${binding.path}/members`, body: { additions: [member] } }
      : { method: "POST", path: binding.all, body: { role: binding.role, members: [member] } };
    await sendOnce({
      send: () => client.send(request.method, request.path, call, { body: request.body, repeatable: false }),
      look: () => membership(binding, principal, call),
      otherwise: `${type} ${id} is no member of the binding of role ${binding.role} to resource set ${binding.set}`,
    });
  }

  /** Adds the principal, whichever way it takes: the binding may come and go while this looks. */
  async function addEitherWay(binding: Binding, isThere: boolean, principal: ResourceKey, call: Call): Promise<void> {
    try {
      await add(binding, isThere, principal, call);
    } catch (error) {
      const other = isThere ? isFailure(error, "notFound") : isTaken(error);
      if (other && (await isBound(source, binding.set, binding.role, call)) !== isThere) {
        return add(binding, !isThere, principal, call);
      }
      if (isFailure(error) && ["notFound", "invalidArgument"].includes(error.kind)) await mustBeThere(principal, call);
      if (principal.type === userType.id) await explainDeactivated(source, error, principal.id, call);
      throw error;
    }
  }

  return changing({
    type: bindingType,
    slug: "member",
    takes: [userType, groupType],
    async grant(id, principal, call): Promise<Change> {
      const binding = bindingOf(id);
      const [set, isThere] = await Promise.all([
        readSet(source, binding.set, call),
        isBound(source, binding.set, binding.role, call),
      ]);
      if (set === undefined) throw noSuchSet(binding.set);
      if (!isThere) await mustBeCustomRole(binding.role, call);
      const granted = grantedOf(setResource(bindingType, id, set), "member");
      const grants = [{ granted, principalType: principal.type, principalId: principal.id, v1Tail: id }];
      if (isThere && (await membership(binding, principal, call)) !== undefined) return { grants, already: true };
      if (call.dryRun === true) await mustBeThere(principal, call);
      await addEitherWay(binding, isThere, principal, call);
      // Okta answers with the binding, which does not name its members.
      const isMember = async () => (await membership(binding, principal, call)) !== undefined;
      if (call.dryRun !== true && !(await confirmed(isMember, source.clock, call))) {
        const still = `${principal.type} ${principal.id} is still no member of binding ${id}`;
        throw notShown(`PATCH ${binding.path}/members`, still);
      }
      return { grants, already: false };
    },
    async revoke(id, principal, call): Promise<Change> {
      const binding = bindingOf(id);
      if (!(await isBound(source, binding.set, binding.role, call))) {
        if ((await readSet(source, binding.set, call)) === undefined) throw noSuchSet(binding.set);
        return revokedAlready;
      }
      const found = await membership(binding, principal, call);
      if (found === undefined) return revokedAlready;
      if (!hasId(found)) throw withoutId(`${binding.path}/members`);
      const isThere = async () => (await membership(binding, principal, call)) !== undefined;
      const path = `${binding.path}/members/${segment(found.id)}`;
      const still = `${principal.type} ${principal.id} is still a member of binding ${id}`;
      const removed = await removeAndVerify(source, { path, isThere, still }, call);
      return removed ? revoked : revokedAlready;
    },
  });
}

/** Whether Okta refused to make a binding because it is there: described for no status, so for any that can mean it. */
function isTaken(error: unknown): boolean {
  return isFailure(error, "invalidArgument") || isFailure(error, "alreadyExists");
}
