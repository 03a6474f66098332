import type { JsonObject } from "@bufbuild/protobuf";
import type { Call, Cursor, Page } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import type { ListPage } from "../../api/client.ts";
import type { OktaPermission } from "../../api/json/objects.ts";
import { nextCursors, segment } from "../../api/paths.ts";
import { allRefused, readable } from "../../resource/readable.ts";
import { inField, pageOrRefusal, readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { CUSTOM_ROLES } from "./list.ts";

const REFUSED = {
  what: "permissions of custom admin roles",
  why: "reading them takes an admin role that may view admin roles and, with OAuth, the scope okta.roles.read",
};

/**
 * What a custom role permits, as its profile says it: one item, or none where it cannot be read. Source: Okta Management
 * API, List all custom role permissions.
 */
export function permissionsOf(source: Source, role: string, call: Call): Promise<Page<JsonObject>> {
  const on = `custom-role ${role}`;
  const read = async (): Promise<Page<JsonObject>> => {
    const first = `${CUSTOM_ROLES}/${segment(role)}/permissions`;
    const all: OktaPermission[] = [];
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const page: ListPage<OktaPermission> = await readPage(source, cursor, first, call, {
        items: inField("permissions"),
      });
      all.push(...page.items);
      cursor = nextCursors(page.next)[0];
    }
    const found = readable(all, (one) => text(one?.label) !== "", {
      ...{ what: REFUSED.what, why: "Okta's answer holds one without a label", on },
    });
    const isLimited = ({ conditions }: OktaPermission) => conditions !== undefined && conditions !== null;
    const labels = (some: readonly OktaPermission[]) => some.map(({ label }) => text(label)).sort();
    const limited = found.items.filter(isLimited);
    const profile = {
      permissions: labels(found.items),
      ...(limited.length > 0 && { conditional_permissions: labels(limited) }),
    };
    return { items: [profile], next: [], ...allRefused(found) };
  };
  return pageOrRefusal<Page<JsonObject>>(read, { ...REFUSED, on }, true);
}
