import { matches } from "../protocol/filter/match.ts";
import type { Filter } from "../protocol/filter/parse.ts";
import { type JsonObject, readBody } from "../protocol/json.ts";
import { normalized } from "../protocol/normalize.ts";
import { stepsOf } from "../protocol/patch.ts";
import { projected, shows } from "../protocol/projection.ts";
import { GROUP } from "../protocol/schemas/group.ts";
import { createGroup, deleteGroup, type GroupRow, patchGroup, readGroup, replaceGroup } from "../store/groups.ts";
import { pageOf } from "../store/pages.ts";
import { asksFor } from "../store/query.ts";
import type { ScimStore } from "../store/store.ts";
import { listAnswer, pageRequestOf, projectionIn, type ScimAnswer, type ScimRequest } from "./request.ts";
import { groupJson, locationOf, membersOf } from "./resources.ts";
import type { Endpoint } from "./users.ts";

/** How many members a group may have for a patch to be answered with all of it: more would be sent back for each one. */
const MAX_ECHOED = 1_000;

/** `/Groups`. */
export function groupsEndpoint(store: ScimStore, now: () => number): Endpoint {
  const rendered = async (rows: readonly GroupRow[], base: string, withMembers: boolean): Promise<JsonObject[]> => {
    const members = withMembers
      ? await membersOf(
          store,
          rows.map(({ id }) => id),
        )
      : undefined;
    return rows.map((row) => groupJson(row, base, members && (members.get(row.id) ?? [])));
  };
  const choose = async (rows: readonly GroupRow[], filter: Filter) =>
    (await rendered(rows, "", asksFor(filter, "members"))).map((group) => matches(filter, group));
  const answer = async (row: GroupRow, { base, query }: ScimRequest, status = 200): Promise<ScimAnswer> => {
    const projection = projectionIn(query);
    const [group] = await rendered([row], base, shows(projection, "members", GROUP.schema.id));
    const headers = { location: locationOf(GROUP, row.id, base) };
    return { status, body: projected(group!, projection, GROUP.schema.id), headers };
  };
  const isSmall = async (id: string) => {
    const members = store.db.selectFrom("scim_member").select("member_id").where("group_id", "=", id);
    return (await members.limit(MAX_ECHOED + 1).execute()).length <= MAX_ECHOED;
  };
  return {
    async list({ base }, query) {
      const page = pageRequestOf(query);
      const projection = projectionIn(query);
      const { total, rows } = await pageOf(store, "scim_group", page, choose);
      const groups = await rendered(rows, base, shows(projection, "members", GROUP.schema.id));
      const shown = groups.map((group) => projected(group, projection, GROUP.schema.id));
      return listAnswer(shown, total, page.startIndex);
    },
    async create(request) {
      return answer(await createGroup(store, normalized(GROUP, readBody(request.body)), now()), request, 201);
    },
    async read(request, id) {
      return answer(await readGroup(store, id), request);
    },
    async replace(request, id) {
      return answer(await replaceGroup(store, id, normalized(GROUP, readBody(request.body)), now()), request);
    },
    async patch(request, id) {
      const row = await patchGroup(store, id, stepsOf(GROUP, readBody(request.body)), now());
      return request.query.has("attributes") || (await isSmall(id)) ? answer(row, request) : { status: 204 };
    },
    async remove(_, id) {
      await deleteGroup(store, id, now());
      return { status: 204 };
    },
  };
}
