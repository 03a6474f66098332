import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, Listed, Page, Refusal, ResourceTypeSupport } from "../../../baton/connector.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { text, timestamp } from "../../../baton/model/values.ts";
import { type Resource, ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { isFailure } from "../../../runtime/failure.ts";
import type { OktaRoleAssignment } from "../../api/json/objects.ts";
import { badPageToken } from "../../api/paths.ts";
import { clientAssignments } from "../../clients/roles.ts";
import { ofEachServiceApp } from "../../clients/service-apps.ts";
import { allRefused } from "../../resource/readable.ts";
import { pageOrRefusal } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { appType, groupType, roleAssignmentType, userType } from "../../resource/types.ts";
import { readableAssignments } from "../assignments.ts";
import type { RoleHolders } from "../holders.ts";
import { ROLES_OF, readAssignments } from "../reading.ts";
import { readAdminGroups } from "./admin-groups.ts";
import { type Reach, reachOf } from "./targets.ts";

const REFUSED = {
  what: "admin roles of groups",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

const TARGETS_REFUSED = {
  what: "targets of role assignments",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/**
 * Assignments of admin roles, and how far each reaches: those of users, of groups and of service apps, one after the
 * other. What a sync reads of them for the roles themselves is not read again.
 */
export function roleAssignments(source: Source, holders: RoleHolders): ResourceTypeSupport {
  async function listed(
    { items, ...rest }: Page<OktaRoleAssignment>,
    holder: ResourceKey,
    path: string,
    own: string,
    call: Call,
  ): Promise<Page<Listed>> {
    const mine = items.filter((one) => isOwn(one, own));
    const found = await Promise.all(mine.map((one) => read(one, holder, path, call)));
    return {
      ...rest,
      items: found.map(({ resource }) => ({ resource, grants: [] })),
      ...allRefused(rest, ...found),
    };
  }

  /** An assignment whose targets are refused is listed without its reach. */
  async function read(one: OktaRoleAssignment, holder: ResourceKey, path: string, call: Call) {
    try {
      return { resource: resourceOf(one, holder, await reachOf(source, path, one, call)) };
    } catch (error) {
      if (!isFailure(error, "permissionDenied") && !isFailure(error, "notFound")) throw error;
      const requestId = error.answer?.requestId;
      const refusal: Refusal = {
        ...TARGETS_REFUSED,
        why: `${error.message}; ${TARGETS_REFUSED.why}`,
        on: `${holder.type} ${holder.id}`,
        ...(requestId !== undefined && { requestId }),
      };
      return { resource: resourceOf(one, holder, undefined), refused: [refusal] };
    }
  }

  async function ofUsers(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const { user } = cursor;
    if (user === undefined) {
      const page = await holders.users(cursor.at as Cursor | undefined, call);
      const each = page.items.map((id) => ({ of: "users", user: id }));
      return { ...page, items: [], next: [...each, ...page.next.map((at) => ({ of: "users", at }))] };
    }
    if (typeof user !== "string") throw badPageToken();
    const page = await holders.assignments(user, call);
    return listed(page, { type: userType.id, id: user }, ROLES_OF.user(user), "USER", call);
  }

  async function ofGroups(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const { group } = cursor;
    if (group === undefined) {
      const page = await readAdminGroups(source, cursor.at as Cursor | undefined, call);
      const each = page.items.map((id) => ({ of: "groups", group: id }));
      return { ...page, items: [], next: [...each, ...page.next.map((at) => ({ of: "groups", at }))] };
    }
    if (typeof group !== "string") throw badPageToken();
    const path = ROLES_OF.group(group);
    const on = `group ${group}`;
    const readAll = async (): Promise<Page<OktaRoleAssignment>> => {
      const all = await readAssignments(source, path, call);
      return { ...readableAssignments(all, REFUSED.what, on), next: [] };
    };
    const page = await pageOrRefusal<Page<OktaRoleAssignment>>(readAll, { ...REFUSED, on }, true);
    return listed(page, { type: groupType.id, id: group }, path, "GROUP", call);
  }

  async function ofClients(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const page = await ofEachServiceApp<Page<Listed>>(source, cursor.at as Cursor | undefined, call, async (app) => {
      const held = await clientAssignments(source, app, call);
      return listed(held, { type: appType.id, id: app.id }, ROLES_OF.client(app.clientId), "CLIENT", call);
    });
    return { ...page, next: page.next.map((at) => ({ of: "clients", at })) };
  }

  return {
    type: roleAssignmentType,
    subjectOf({ user, group, of, at }) {
      const app = of === "clients" ? (at as Cursor | undefined)?.app : undefined;
      const on = user !== undefined ? `user ${user}` : group !== undefined ? `group ${group}` : `app ${app}`;
      const isOne = [user, group, app].some((one) => typeof one === "string");
      return isOne ? { what: `how far the admin roles of ${on} reach`, on } : undefined;
    },
    async list(cursor, call) {
      if (cursor === undefined) {
        return { items: [], next: [{ of: "users" }, { of: "groups" }, { of: "clients" }] };
      }
      if (cursor.of === "users") return ofUsers(cursor, call);
      if (cursor.of === "groups") return ofGroups(cursor, call);
      if (cursor.of === "clients") return ofClients(cursor, call);
      throw badPageToken();
    },
  };
}

/** Whether an assignment is the holder's own, and has an id by which it can be told from others. */
function isOwn(one: OktaRoleAssignment, holder: string): boolean {
  const how = text(one.assignmentType);
  return (how === "" || how === holder) && text(one.id) !== "";
}

function resourceOf(one: OktaRoleAssignment, holder: ResourceKey, reach: Reach | undefined): Resource {
  const createdAt = timestamp(one.created);
  const stated = {
    status: text(one.status),
    label: text(one.label),
    role_id: text(one.role),
    resource_set_id: text(one["resource-set"]),
  };
  return create(ResourceSchema, {
    id: { resourceType: roleAssignmentType.id, resource: `${holder.id}:${text(one.id)}` },
    displayName: text(one.label) || text(one.type),
    profile: {
      principal_type: holder.type,
      principal_id: holder.id,
      role_type: text(one.type),
      ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== "")),
      ...(reach !== undefined && { reach: reach.reach }),
      ...(reach?.reach === "targets" && {
        target_group_ids: [...reach.groups],
        target_app_ids: [...reach.apps],
        target_app_names: [...reach.appNames],
      }),
    },
    ...(createdAt && { createdAt }),
  });
}
