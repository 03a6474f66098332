import { create, type JsonObject } from "@bufbuild/protobuf";
import type { Call, Cursor, Listed, Page, Refusal, ResourceTypeSupport } from "../../../baton/connector.ts";
import { isObject, text } from "../../../baton/model/values.ts";
import { type Resource, ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaFactor } from "../../api/json/objects.ts";
import { badPageToken, nextCursors, segment } from "../../api/paths.ts";
import { idsInList } from "../../groups/members.ts";
import { once } from "../../resource/memo.ts";
import { allRefused, readable } from "../../resource/readable.ts";
import { pageOrRefusal, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { userFactorsType } from "../../resource/types.ts";
import type { RoleHolders } from "../../roles/holders.ts";
import { readAdminGroups } from "../../roles/reach/admin-groups.ts";

const REFUSED = {
  what: "factors of admins",
  why: "reading them takes an admin role that may view the factors of admins and, with OAuth, the scope okta.users.read",
};

/**
 * Factors that admins have enrolled: one resource for each admin, so that none at all differs from not read. Admins
 * are users with a role of their own and members of groups with one: as many as are on one page of the members of each
 * such group, since it takes a call for each. Source: Okta Management API, List all enrolled factors.
 */
export function userFactors(source: Source, holders: RoleHolders): ResourceTypeSupport {
  const { memo, principals } = source;

  function factorsOf(user: string, call: Call): Promise<Page<Listed>> {
    const on = `user ${user}`;
    const read = async () => {
      const first = `/api/v1/users/${segment(user)}/factors`;
      const factors: OktaFactor[] = [];
      for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
        const page: { items: readonly OktaFactor[]; next?: string } = await readPage(source, cursor, first, call);
        factors.push(...page.items);
        cursor = nextCursors(page.next)[0];
      }
      const found = readable(factors, (one) => isObject(one) && text(one.factorType) !== "", {
        ...{ what: REFUSED.what, why: "Okta's answer holds one that does not say what it is", on },
      });
      return { items: [{ resource: factorsResource(user, found.items), grants: [] }], next: [], ...allRefused(found) };
    };
    return once(memo.of(call)?.factorsOf, user, () => pageOrRefusal<Page<Listed>>(read, { ...REFUSED, on }, true));
  }

  const each = (users: readonly string[]): Cursor[] => users.map((user) => ({ user }));

  async function ofHolders(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const page = await holders.users(cursor.at as Cursor | undefined, call);
    return { ...page, items: [], next: [...each(page.items), ...page.next.map((at) => ({ of: "holders", at }))] };
  }

  async function ofGroups(cursor: Cursor, call: Call): Promise<Page<Listed>> {
    const { group } = cursor;
    if (group === undefined) {
      const page = await readAdminGroups(source, cursor.at as Cursor | undefined, call);
      const groups = page.items.map((id) => ({ of: "groups", group: id }));
      return { ...page, items: [], next: [...groups, ...page.next.map((at) => ({ of: "groups", at }))] };
    }
    if (typeof group !== "string") throw badPageToken();
    const first = `/api/v1/groups/${segment(group)}/users?limit=1000`;
    const { pageSize: _, ...whole } = call;
    const page = await readPage<string>(source, undefined, first, whole, { parse: idsInList });
    const members = await principals.users(
      page.items.filter((id) => id !== ""),
      call,
    );
    return { items: [], next: each(members), ...(page.next !== undefined && { refused: [tooMany(group)] }) };
  }

  return {
    type: userFactorsType,
    async list(cursor, call) {
      if (cursor === undefined) return { items: [], next: [{ of: "holders" }, { of: "groups" }] };
      if (cursor.of === "holders") return ofHolders(cursor, call);
      if (cursor.of === "groups") {
        const on = cursor.group === undefined ? {} : { on: `group ${String(cursor.group)}` };
        return pageOrRefusal<Page<Listed>>(() => ofGroups(cursor, call), { ...REFUSED, ...on }, true);
      }
      if (typeof cursor.user !== "string") throw badPageToken();
      return factorsOf(cursor.user, call);
    },
    subjectOf: ({ user }) =>
      typeof user === "string" ? { what: `the factors of user ${user}`, on: `user ${user}` } : undefined,
    async get(id, call) {
      return (await factorsOf(id, call)).items[0];
    },
  };
}

function tooMany(group: string): Refusal {
  return {
    what: REFUSED.what,
    why: "a group with an admin role has more than 1,000 members, and those beyond are not asked for one by one",
    on: `group ${group}`,
    passedOver: true,
  };
}

function factorsResource(user: string, factors: readonly OktaFactor[]): Resource {
  const shown = factors.map(factorProfile);
  return create(ResourceSchema, {
    id: { resourceType: userFactorsType.id, resource: user },
    displayName: user,
    profile: {
      user_id: user,
      factors: shown,
      active_factors: shown.filter(({ status }) => status === "ACTIVE").length,
    },
  });
}

function factorProfile({ factorType, provider, vendorName, status, created }: OktaFactor): JsonObject {
  const stated = {
    type: text(factorType),
    provider: text(provider),
    vendor: text(vendorName),
    status: text(status),
    created: text(created),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== ""));
}
