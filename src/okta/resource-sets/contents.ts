import type { JsonObject } from "@bufbuild/protobuf";
import type { Call, Cursor, Page } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaSetResource } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { allRefused, readable } from "../resource/readable.ts";
import { inField, pageOrRefusal, readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { RESOURCE_SETS } from "./reading.ts";

const REFUSED = {
  what: "contents of resource sets",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/**
 * What a resource set holds, as its profile says it: one item, or none where it cannot be read. Source: Okta Management
 * API, List all resource set resources.
 */
export function contentsOf(source: Source, set: string, call: Call): Promise<Page<JsonObject>> {
  const on = `resource set ${set}`;
  const read = async (): Promise<Page<JsonObject>> => {
    const first = `${RESOURCE_SETS}/${segment(set)}/resources`;
    const all: OktaSetResource[] = [];
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const page: ListPage<OktaSetResource> = await readPage(source, cursor, first, call, {
        items: inField("resources"),
      });
      all.push(...page.items);
      cursor = nextCursors(page.next)[0];
    }
    const found = readable(all, (one) => nameOf(one) !== undefined, {
      ...{ what: REFUSED.what, why: "Okta's answer holds one that does not say what it is", on },
    });
    const names = new Set(found.items.map((one) => nameOf(one)!));
    return { items: [{ resources: [...names].sort() }], next: [], ...allRefused(found) };
  };
  return pageOrRefusal<Page<JsonObject>>(read, { ...REFUSED, on }, true);
}

/** The links of a resource that may lead to what it is; `self` leads to the resource or to its place in the set. */
const LINKS = ["users", "groups", "resource", "self"];
const SHORT = /\/api\/v1\/((?:users|groups|apps)(?:\/[^/?#]+(?:\/users)?)?)\/?(?:[?#].*)?$/;

/** What a resource is called: as the API's path leads to it, else by Okta's resource name; `undefined` where it has none. */
export function nameOf(resource: OktaSetResource): string | undefined {
  const orn = text(resource?.orn);
  const short =
    shortOf(orn) ?? LINKS.map((link) => SHORT.exec(text(resource?._links?.[link]?.href))?.[1]).find(Boolean);
  return short ?? (orn === "" ? undefined : orn);
}

/**
 * Okta's resource names are `orn:<partition>:<service>:<org>:<kind>[:<what>...]`: `users`, `groups:<id>`,
 * `groups:<id>:contained_resources` (the members), `apps`, `apps:<name>`, `apps:<name>:<id>`. Source: Okta, Okta resource
 * names.
 */
function shortOf(orn: string): string | undefined {
  const [, kind, rest] = /^orn:[^:]*:[^:]*:[^:]*:(users|groups|apps)(?::(.+))?$/.exec(orn) ?? [];
  if (kind === undefined) return undefined;
  if (rest === undefined) return kind;
  const parts = rest.split(":");
  if (kind === "apps" && parts.length === 2) return `apps/${parts[1]}`;
  if (kind === "apps" && parts.length === 1) return /^0oa/.test(rest) ? `apps/${rest}` : undefined;
  if (parts.length === 1) return `${kind}/${rest}`;
  return kind === "groups" && parts.length === 2 && parts[1] === "contained_resources"
    ? `groups/${parts[0]}/users`
    : undefined;
}
