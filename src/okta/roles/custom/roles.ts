import type { JsonObject } from "@bufbuild/protobuf";
import type { Call, Listed, Page, ResourceTypeSupport } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { OktaCustomRole } from "../../api/json/objects.ts";
import { nextCursors, START } from "../../api/paths.ts";
import { idOf } from "../../resource/entitlement.ts";
import { allRefused, identified } from "../../resource/readable.ts";
import { inField, pageOrRefusal, readOne, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { customRoleType } from "../../resource/types.ts";
import type { RoleHolders } from "../holders.ts";
import { roleEntitlements, roleResource } from "../resource.ts";
import { CUSTOM_ROLES } from "./list.ts";
import { permissionsOf } from "./permissions.ts";

const REFUSED = {
  what: "custom admin roles",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/** Custom admin roles. */
export function customRoles(source: Source, holders: RoleHolders): ResourceTypeSupport {
  /** The role, with what it permits where that is read. */
  async function withPermissions(role: OktaCustomRole & { readonly id: string }, call: Call): Promise<Page<Listed>> {
    if (source.options.syncReach !== true) return { items: [listed(role)], next: [] };
    const { items, ...rest } = await permissionsOf(source, role.id, call);
    return { ...rest, items: [listed(role, items[0])] };
  }

  return {
    type: customRoleType,
    list(cursor, call) {
      return pageOrRefusal(
        async () => {
          const page = await readPage<OktaCustomRole>(source, cursor, CUSTOM_ROLES, call, { items: inField("roles") });
          const found = identified(page.items, REFUSED.what);
          const whole = await Promise.all(found.items.map((role) => withPermissions(role, call)));
          const items = whole.flatMap((one) => one.items);
          return { items, next: nextCursors(page.next), ...allRefused(found, ...whole) };
        },
        REFUSED,
        true,
      );
    },
    entitlements: roleEntitlements,
    async grants(resource, cursor, call) {
      // Nobody lists the holders of a role that is gone, so that has to be asked.
      const isStart = cursor?.next === undefined && cursor?.of === undefined;
      if (isStart && (await readOne(source, CUSTOM_ROLES, idOf(resource), call)) === undefined) {
        throw new Failure({ kind: "notFound", message: `there is no custom role ${idOf(resource)}` });
      }
      return holders.of(resource, cursor, call);
    },
    allGrants: holders.all,
    async get(id, call) {
      const role = await readOne<OktaCustomRole>(source, CUSTOM_ROLES, id, call);
      return role && (await withPermissions({ ...role, id }, call)).items[0];
    },
  };
}

function listed(role: OktaCustomRole & { readonly id: string }, more: JsonObject = {}): Listed {
  const resource: Resource = roleResource(customRoleType, role.id, text(role.label));
  Object.assign(resource.profile!, more);
  return { resource, grants: [START] };
}
