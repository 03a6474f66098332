import type { Call, Cursor, GrantPage, Listed, Page, ResourceTypeSupport } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { OktaLinked } from "../../api/json/objects.ts";
import { badPageToken, nextCursors, START, segment } from "../../api/paths.ts";
import { serviceAppsBy } from "../../clients/service-apps.ts";
import { assignment, grantedOf, idOf } from "../../resource/entitlement.ts";
import { allRefused, readable } from "../../resource/readable.ts";
import { contradicted, inField, pageOrRefusal, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { appType, bindingType, resourceSetType } from "../../resource/types.ts";
import {
  RESOURCE_SETS,
  RESOURCE_SETS_REFUSED,
  type ResourceSet,
  readBoundRoles,
  readSet,
  readSets,
  setResource,
} from "../reading.ts";
import { bindingAccess } from "./access.ts";
import { isBindingId, isBound, parseBindingId } from "./id.ts";
import { clientIn, isClient, selfOf } from "./member.ts";

/** Bindings of a custom role to a resource set, and the users and groups that have the role there. */
export function bindings(source: Source): ResourceTypeSupport {
  const { principals } = source;

  /** A page of the sets: each one's bindings are read on their own. */
  async function setsPage(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>> {
    const page = await readSets(source, cursor, call);
    const each = page.items.map(({ id, label, description }) => ({ set: id, label, description }));
    return { ...page, items: [], next: [...each, ...nextCursors(page.next)] };
  }

  /** A page of one set's bindings. A set that has gone meanwhile has none. */
  async function bindingsPage(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const { set: id, label, description } = cursor;
    if (typeof id !== "string" || id === "") throw badPageToken();
    const set = { id, label: text(label), description: text(description) };
    try {
      const page = await readBoundRoles(source, id, cursor, call);
      return { ...page, items: page.items.map((role) => listed(set, role)) };
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      if ((await readSet(source, id, call)) !== undefined) throw contradicted(error, `resource set ${id}`);
      return { items: [], next: [] };
    }
  }

  async function members(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    const id = idOf(resource);
    const { set, role } = parseBindingId(id);
    const first = `${RESOURCE_SETS}/${segment(set)}/bindings/${segment(role)}/members`;
    const page = await readPage<OktaLinked>(source, cursor, first, call, { items: inField("members") });
    const isReadable = (member: OktaLinked) => selfOf(member) !== undefined || isClient(member);
    const known = readable(page.items, isReadable, {
      what: "members of resource set bindings",
      why: "Okta's answer holds one whose link leads to nobody",
      on: `resource set binding ${id}`,
    });
    const found = known.items.flatMap((member) => selfOf(member) ?? []);
    const clients = known.items.flatMap((member) => clientIn(member) ?? []);
    const apps = source.options.syncReach === true ? await serviceAppsBy(source, clients, call) : [];
    if (apps.length < clients.length) {
      source.log.debug("an app is a member of a binding; it is left out", { binding: id });
    }
    const idsOf = (type: string) => found.filter((one) => one.type === type).map((one) => one.id);
    const users = new Set(await principals.users(idsOf("user"), call));
    const groups = new Set(await principals.groups(idsOf("group"), call));
    const granted = grantedOf(resource, "member");
    const people = found.filter((one) => (one.type === "user" ? users : groups).has(one.id));
    const holders = [...people, ...apps.map((app) => ({ type: appType.id, id: app.id }))];
    return {
      items: holders.map((one) => ({ granted, principalType: one.type, principalId: one.id, v1Tail: id })),
      next: nextCursors(page.next),
      ...allRefused(known),
    };
  }

  return {
    type: bindingType,
    list(cursor, call) {
      const isSet = cursor?.set !== undefined;
      return pageOrRefusal<Page<Listed>>(
        () => (isSet ? bindingsPage(cursor, call) : setsPage(cursor, call)),
        isSet ? { ...RESOURCE_SETS_REFUSED, on: `resource set ${String(cursor.set)}` } : RESOURCE_SETS_REFUSED,
        !isSet,
      );
    },
    subjectOf({ set }) {
      if (typeof set !== "string") return undefined;
      return { what: `the bindings of resource set ${set}`, on: `resource set ${set}` };
    },
    entitlements: (resource) => [
      assignment(resource, "member", {
        displayName: `${resource.displayName} Resource Set Binding Member`,
        description: `Member of ${resource.displayName} resource-set-binding member in Okta`,
        grantableTo: [resourceSetType],
      }),
    ],
    grants(resource, cursor, call) {
      const on = `resource set binding ${idOf(resource)}`;
      return pageOrRefusal<GrantPage>(() => members(resource, cursor, call), { ...RESOURCE_SETS_REFUSED, on });
    },
    ...bindingAccess(source),
    async get(id, call) {
      if (!isBindingId(id)) return undefined;
      const { set, role } = parseBindingId(id);
      if (!(await isBound(source, set, role, call))) return undefined;
      const found = await readSet(source, set, call);
      return found && listed(found, role);
    },
  };
}

function listed(set: ResourceSet, role: string): Listed {
  return { resource: setResource(bindingType, `${set.id}:${role}`, set), grants: [START] };
}
