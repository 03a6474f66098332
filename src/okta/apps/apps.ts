import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, GrantPage, Listed, ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import {
  AppTraitSchema,
  NonHumanIdentityTrait_NhiType,
  NonHumanIdentityTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaApp, OktaAppUser, OktaAssignee } from "../api/json/objects.ts";
import { badPageToken, nextCursors, segment } from "../api/paths.ts";
import type { Revalidations } from "../changes/revalidation.ts";
import { clientProfile } from "../clients/profile.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { allRefused, identified, readable } from "../resource/readable.ts";
import { readOne, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { appType, groupType, userType } from "../resource/types.ts";
import { appAccess } from "./access.ts";
import { createOriginReader } from "./origin.ts";

/**
 * The described default page size is -1, so it is always said. `useOptimization` is not: which properties it leaves out
 * is not described. Source: Okta Management API, List all applications.
 */
const APPS = "/api/v1/apps?limit=200";
const ACTIVE_ONLY = `&filter=${encodeURIComponent('status eq "ACTIVE"')}`;

const NO_STATUS = { what: "apps", why: "Okta's answer holds one that is neither active nor inactive" };

/** Users first: there are more of them. */
const STARTS: readonly Cursor[] = [{ of: "users" }, { of: "groups" }];

/** Apps, and the users and groups that they are assigned to. */
export function apps(source: Source, proofs: Revalidations["apps"]): ResourceTypeSupport {
  const { options, principals } = source;
  const first = options.syncInactiveApps ? APPS : APPS + ACTIVE_ONLY;
  const reach = options.syncReach === true;
  const takes = (app: OktaApp) => options.syncInactiveApps || app.status === "ACTIVE";

  async function assignedUsers(resource: Resource, cursor: Cursor, call: Call): Promise<GrantPage> {
    // An app user's profile is the app's idea of the user; the filter is about the user's own.
    const asks = principals.usersFiltered && !call.dropsUnlisted;
    const { takesUser } = principals.filter(call);
    const path = `/api/v1/apps/${segment(idOf(resource))}/users?limit=500${asks ? "&expand=user" : ""}`;
    const page = await readPage<OktaAppUser>(source, cursor, path, call);
    const found = identified(page.items, "assignments of apps to users", `app ${idOf(resource)}`);
    const assigned = found.items;
    const known = new Map<string, boolean>();
    if (asks) {
      for (const { id, _embedded: embedded } of assigned) {
        const user = embedded?.user;
        if (user?.id === id && isObject(user.profile)) known.set(id, takesUser(user));
      }
    }
    const unknown = assigned.map(({ id }) => id).filter((id) => !known.has(id));
    const taken = new Set(await principals.users(unknown, call));
    const granted = grantedOf(resource, "access");
    const originOf = createOriginReader(idOf(resource));
    const items = assigned
      .filter(({ id }) => known.get(id) ?? taken.has(id))
      .map((row) => ({ granted, principalType: userType.id, principalId: row.id, ...originOf(row) }));
    return { items, next: nextCursors(page.next, { of: "users" }), ...allRefused(found) };
  }

  async function assignedGroups(resource: Resource, cursor: Cursor, call: Call): Promise<GrantPage> {
    const path = `/api/v1/apps/${segment(idOf(resource))}/groups?limit=200`;
    const page = await readPage<OktaAssignee>(source, cursor, path, call);
    const found = identified(page.items, "assignments of apps to groups", `app ${idOf(resource)}`);
    const assigned = found.items.map(({ id }) => id);
    const granted = grantedOf(resource, "access");
    const ids = await principals.groups(assigned, call);
    const items = ids.map((id) => ({ granted, principalType: groupType.id, principalId: id }));
    return { items, next: nextCursors(page.next, { of: "groups" }), ...allRefused(found) };
  }

  async function grants(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    if (cursor?.of === "users") return assignedUsers(resource, cursor, call);
    if (cursor?.of === "groups") return assignedGroups(resource, cursor, call);
    if (cursor !== undefined) throw badPageToken();
    const page = await assignedUsers(resource, STARTS[0]!, call);
    return { ...page, next: [...page.next, STARTS[1]!] };
  }

  return {
    type: appType,
    readings: [
      { cursor: { of: "users" }, principals: [userType.id], pageSize: 500 },
      { cursor: { of: "groups" }, principals: [groupType.id], pageSize: 200 },
    ],
    // Both readings are one scope: the same signs tell of either.
    revalidation: { ...proofs, cursor: {}, scope: (id) => `apps/${id}/access`, starts: () => STARTS },
    async grantsTo(resource, principal, call) {
      const ofUser = principal.type === userType.id;
      const path = `/api/v1/apps/${segment(idOf(resource))}/${ofUser ? "users" : "groups"}`;
      const found = await readOne<OktaAppUser>(source, path, principal.id, call);
      const grant = {
        granted: grantedOf(resource, "access"),
        principalType: principal.type,
        principalId: principal.id,
      };
      const origin = found !== undefined && ofUser ? createOriginReader(idOf(resource))(found) : {};
      return { items: found === undefined ? [] : [{ ...grant, ...origin }], next: [] };
    },
    async list(cursor, call) {
      const page = await readPage<OktaApp>(source, cursor, first, call);
      const found = identified(page.items, "apps");
      const known = readable(found.items, (app) => options.syncInactiveApps || text(app.status) !== "", NO_STATUS);
      return {
        items: known.items.filter(takes).map((app) => listed(app, reach)),
        next: nextCursors(page.next),
        ...allRefused(found, known),
      };
    },
    entitlements: (resource) => [
      assignment(resource, "access", {
        displayName: `${resource.displayName} App Access`,
        description: `Has access to the ${resource.displayName} app in Okta`,
        grantableTo: [],
      }),
    ],
    grants,
    ...appAccess(source),
    async get(id, call) {
      const app = await readOne<OktaApp>(source, "/api/v1/apps", id, call);
      return app !== undefined && takes(app) ? listed(app, reach) : undefined;
    },
  };
}

function listed(app: OktaApp, reach: boolean): Listed {
  return { resource: appResource(app, reach), grants: STARTS };
}

/** Bookmarks are links, and the others fill in a person's password: none of them is an identity of its own. */
const NO_IDENTITY = new Set(["BOOKMARK", "BROWSER_PLUGIN", "AUTO_LOGIN", "BASIC_AUTH", "SECURE_PASSWORD_STORE"]);

/** An app as a resource; `reach`: with what it is as an OAuth client. */
export function appResource(app: OktaApp, reach = false): Resource {
  const id = text(app.id);
  const mode = text(app.signOnMode);
  const annotations = [pack(AppTraitSchema, {}), pack(V1IdentifierSchema, { id }), pack(RawIdSchema, { id })];
  if (!NO_IDENTITY.has(mode)) {
    annotations.push(
      pack(NonHumanIdentityTraitSchema, {
        nhiType: NonHumanIdentityTrait_NhiType.APP_REGISTRATION,
        nhiDetail: mode === "" ? "okta.app" : `okta.app.${mode.toLowerCase()}`,
      }),
    );
  }
  return create(ResourceSchema, {
    id: { resourceType: appType.id, resource: id },
    displayName: text(app.label),
    annotations,
    profile: { status: text(app.status), ...(reach && clientProfile(app)) },
  });
}
