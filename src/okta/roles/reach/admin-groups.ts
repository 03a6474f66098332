import type { Call, Cursor, Page } from "../../../baton/connector.ts";
import type { OktaGroup } from "../../api/json/objects.ts";
import { nextCursors, pathAt } from "../../api/paths.ts";
import { GROUPS } from "../../groups/groups.ts";
import { holdsRole } from "../../groups/resource.ts";
import { once } from "../../resource/memo.ts";
import { identified } from "../../resource/readable.ts";
import { readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";

/** A page of the ids of groups that hold an admin role, or of which Okta does not say so; read once a sync. */
export function readAdminGroups(source: Source, cursor: Cursor | undefined, call: Call): Promise<Page<string>> {
  const { pageSize: _, ...whole } = call;
  return once(source.memo.of(call)?.adminGroups, pathAt(cursor, GROUPS), async () => {
    const { takesGroup } = source.principals.filter(call);
    const page = await readPage<OktaGroup>(source, cursor, GROUPS, whole);
    const { items, ...rest } = identified(page.items, "groups");
    const holding = items.filter((group) => holdsRole(group) !== false && takesGroup(group));
    return { ...rest, items: holding.map(({ id }) => id), next: nextCursors(page.next) };
  });
}
