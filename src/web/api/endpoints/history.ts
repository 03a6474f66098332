import type { ResourceKey } from "../../../baton/model/ids.ts";
import type { SyncContent } from "../../../baton/snapshot/content.ts";
import { namesOf } from "../../catalog/build-names.ts";
import type { History } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { syncInfo } from "../shown.ts";

/** Of more syncs than this, the newest are shown. */
const MAX_POINTS = 60;
/** Grants are counted for so many entitlements of a resource at most. */
const MAX_ENTITLEMENTS = 200;

/** `GET /api/resources/:type/:id/history`: a thing over the syncs of the file. */
export const history: Endpoint = ({ param }, { picture }) => {
  const key = { type: param("type"), id: param("id") };
  const points = picture
    .finished()
    .slice(-MAX_POINTS)
    .map((run) => {
      const content = picture.reader.content(run.syncId);
      const found = content.findResource(key.type, key.id);
      return {
        sync: syncInfo(run),
        present: found !== undefined,
        held: content.countGrants({ principal: key }),
        holders: holdersIn(content, key),
        status: found === undefined ? ("UNSPECIFIED" as const) : namesOf(found.message).status,
      };
    });
  return { json: { points } satisfies History };
};

function holdersIn(content: SyncContent, key: ResourceKey): number {
  let count = 0;
  let entitlements = 0;
  for (const { id } of content.entitlements(key)) {
    if (++entitlements > MAX_ENTITLEMENTS) break;
    count += content.countGrants({ entitlementId: id });
  }
  return count;
}
