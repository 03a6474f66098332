import type { Grant } from "../../baton/model/grant.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import type { OktaAppUser } from "../api/json/objects.ts";
import { principalOf } from "../api/paths.ts";
import { appType, groupType } from "../resource/types.ts";

/** What Okta states of how a user came to have an app; nothing where it states nothing. */
export type StatedOrigin = Pick<Grant, "origin" | "sources">;

const DIRECT: StatedOrigin = { origin: "direct" };
const THROUGH_A_GROUP: StatedOrigin = { origin: "group" };
const NOTHING: StatedOrigin = {};

/**
 * Makes a reader of the origins of an app's users: `scope` says whether a user has the app itself or through a group,
 * `_links.group` through which one. Users of one group share what is said of them. Source: Okta Management API, List all
 * application users.
 */
export function createOriginReader(app: string): (row: OktaAppUser) => StatedOrigin {
  const known = new Map<string, StatedOrigin>();
  const own = entitlementId(appType.id, app, "access");
  return ({ scope, _links: links }) => {
    const isDirect = scope === "USER";
    if (!isDirect && scope !== "GROUP") return NOTHING;
    const href = links?.group?.href;
    if (typeof href !== "string") return isDirect ? DIRECT : THROUGH_A_GROUP;
    const key = `${isDirect} ${href}`;
    let stated = known.get(key);
    if (stated === undefined) {
      stated = statedThrough(href, isDirect ? own : undefined);
      known.set(key, stated);
    }
    return stated;
  };
}

/** The origins of a user who has an app through the group that a link leads to, and itself where `own` is given. */
function statedThrough(href: string, own: string | undefined): StatedOrigin {
  const { origin } = own === undefined ? THROUGH_A_GROUP : DIRECT;
  const group = principalOf(href);
  if (group?.type !== groupType.id) return { origin: origin! };
  const member = entitlementId(groupType.id, group.id, "member");
  return { origin: origin!, sources: own === undefined ? [member] : [own, member] };
}
