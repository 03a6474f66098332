import { create } from "@bufbuild/protobuf";
import type { Call, Cursor, GrantPage, Page, ResourceTypeSupport } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaScopeGrant } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { assignment, grantedOf, idOf } from "../resource/entitlement.ts";
import { once } from "../resource/memo.ts";
import { allRefused, readable } from "../resource/readable.ts";
import { pageOrRefusal, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { apiScopeType, appType } from "../resource/types.ts";
import type { ServiceApp } from "./service-app.ts";
import { ofEachServiceApp, readServiceApps } from "./service-apps.ts";

const REFUSED = {
  what: "API scopes of apps",
  why: "reading them takes an admin role that may view apps and, with OAuth, the scope okta.appGrants.read",
};

/**
 * API scopes that service apps were granted. Okta has no list of scopes: those that are granted are found at the apps
 * that have them. Source: Okta Management API, List all app grants.
 */
export function apiScopes(source: Source): ResourceTypeSupport {
  const { memo } = source;

  function scopesOf({ id }: ServiceApp, call: Call): Promise<Page<string>> {
    return once(memo.of(call)?.scopesOf, id, () =>
      pageOrRefusal<Page<string>>(() => readScopes(id, call), { ...REFUSED, on: `app ${id}` }, true),
    );
  }

  async function readScopes(app: string, call: Call): Promise<Page<string>> {
    const first = `/api/v1/apps/${segment(app)}/grants`;
    const scopes = new Set<string>();
    const pages: Pick<Page<string>, "refused">[] = [];
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const page: { items: readonly OktaScopeGrant[]; next?: string } = await readPage(source, cursor, first, call);
      const found = readable(page.items, (one) => text(one?.scopeId) !== "", {
        ...{ what: REFUSED.what, why: "Okta's answer holds one that names no scope", on: `app ${app}` },
      });
      pages.push(found);
      // A grant that was revoked permits nothing; one whose status is not said is taken for good.
      for (const { scopeId, status } of found.items) if (status !== "REVOKED") scopes.add(text(scopeId));
      cursor = nextCursors(page.next)[0];
    }
    return { items: [...scopes], next: [], ...allRefused(...pages) };
  }

  function page(cursor: Cursor | undefined, call: Call): Promise<GrantPage> {
    return ofEachServiceApp<GrantPage>(source, cursor, call, async (app) => {
      const { items, ...rest } = await scopesOf(app, call);
      const resources = items.map(scopeResource);
      const grants = resources.map((scope) => ({
        granted: grantedOf(scope, "granted"),
        principalType: appType.id,
        principalId: app.id,
      }));
      return { ...rest, items: grants, resources };
    });
  }

  return {
    type: apiScopeType,
    list: async () => ({ items: [], next: [] }),
    entitlements: (resource) => [
      assignment(resource, "granted", {
        displayName: `${resource.displayName} Granted`,
        description: `May ask Okta for the scope ${resource.displayName}`,
        grantableTo: [],
      }),
    ],
    allGrants: {
      name: "API scopes",
      page,
      subjectOf: ({ app }) =>
        typeof app === "string" ? { what: `which API scopes app ${app} has`, on: `app ${app}` } : undefined,
    },
    async grants(resource, cursor, call) {
      const { items, next, ...rest } = await readServiceApps(source, cursor, call);
      const granted = grantedOf(resource, "granted");
      const found = await Promise.all(items.map((app) => scopesOf(app, call)));
      const holders = items.filter((_, at) => found[at]!.items.includes(idOf(resource)));
      return {
        items: holders.map(({ id }) => ({ granted, principalType: appType.id, principalId: id })),
        next: nextCursors(next),
        ...allRefused(rest, ...found),
      };
    },
    async unlisted(cursor, call) {
      const { items: _, resources = [], ...rest } = await page(cursor, call);
      return { ...rest, items: resources };
    },
  };
}

/** A scope as a resource: its name is all there is of it. */
function scopeResource(scope: string): Resource {
  return create(ResourceSchema, { id: { resourceType: apiScopeType.id, resource: scope }, displayName: scope });
}
