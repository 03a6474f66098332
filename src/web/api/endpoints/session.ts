import { basename } from "node:path";
import type { PageSession } from "../../sign-in/sessions.ts";
import type { ResourceTypeInfo, Session } from "../contract.ts";
import type { ApiDeps } from "../endpoint.ts";
import { syncInfo } from "../shown.ts";

/** `GET /api/session`: who looks, at what. Whoever may only review learns nothing of what the snapshot holds. */
export function sessionAnswer({ identity, csrf }: PageSession, deps: ApiDeps): Session {
  const { picture, org, version, signsIn } = deps;
  const explores = mayExplore(identity.roles);
  const { current } = picture;
  return {
    user: identity.subject === "" ? null : { name: identity.name, email: identity.email },
    roles: identity.roles,
    csrf,
    file: basename(picture.reader.path),
    org,
    version,
    sync: explores ? (current ?? null) : null,
    syncs: explores ? picture.reader.syncs().map(syncInfo) : [],
    types: explores && current !== undefined ? typesOf(deps, current) : [],
    views: {
      explore: explores,
      findings: explores,
      changes: explores && picture.finished().length > 1,
      signOut: signsIn,
    },
  };
}

/** Whether somebody with these roles may look at everything. */
export function mayExplore(roles: readonly string[]): boolean {
  return roles.includes("viewer") || roles.includes("owner");
}

function typesOf({ picture }: ApiDeps, current: string): ResourceTypeInfo[] {
  const view = picture.view(current);
  const stats = picture.stats(view.run);
  return [...view.types].map(([id, { name, kind }]) => ({
    id,
    name,
    kind,
    resources: stats.resources_by_resource_type?.[id] ?? 0,
    entitlements: stats.entitlements_by_resource_type?.[id] ?? 0,
    grants: stats.grants_by_resource_type?.[id] ?? 0,
    fields: view.fields(id),
  }));
}
