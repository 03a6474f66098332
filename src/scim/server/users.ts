import { matches } from "../protocol/filter/match.ts";
import type { Filter } from "../protocol/filter/parse.ts";
import { type JsonObject, readBody } from "../protocol/json.ts";
import { normalized } from "../protocol/normalize.ts";
import { patched, stepsOf } from "../protocol/patch.ts";
import { projected, shows } from "../protocol/projection.ts";
import { USER } from "../protocol/schemas/user.ts";
import { pageOf } from "../store/pages.ts";
import { asksFor } from "../store/query.ts";
import type { ScimStore } from "../store/store.ts";
import { changeUser, createUser, deleteUser, readUser, type UserRow } from "../store/users.ts";
import { listAnswer, pageRequestOf, projectionIn, type ScimAnswer, type ScimRequest } from "./request.ts";
import { groupsOf, locationOf, userJson } from "./resources.ts";

/** What answers requests about one kind of resource. */
export interface Endpoint {
  list(request: ScimRequest, query: URLSearchParams): Promise<ScimAnswer>;
  create(request: ScimRequest): Promise<ScimAnswer>;
  read(request: ScimRequest, id: string): Promise<ScimAnswer>;
  replace(request: ScimRequest, id: string): Promise<ScimAnswer>;
  patch(request: ScimRequest, id: string): Promise<ScimAnswer>;
  remove(request: ScimRequest, id: string): Promise<ScimAnswer>;
}

/** `/Users`. */
export function usersEndpoint(store: ScimStore, now: () => number): Endpoint {
  const rendered = async (rows: readonly UserRow[], base: string, withGroups: boolean): Promise<JsonObject[]> => {
    const groups = withGroups
      ? await groupsOf(
          store,
          rows.map(({ id }) => id),
        )
      : undefined;
    return rows.map((row) => userJson(row, base, groups && (groups.get(row.id) ?? [])));
  };
  const choose = async (rows: readonly UserRow[], filter: Filter) =>
    (await rendered(rows, "", asksFor(filter, "groups"))).map((user) => matches(filter, user));
  const answer = async (row: UserRow, { base, query }: ScimRequest, status = 200): Promise<ScimAnswer> => {
    const projection = projectionIn(query);
    const [user] = await rendered([row], base, shows(projection, "groups", USER.schema.id));
    const headers = { location: locationOf(USER, row.id, base) };
    return { status, body: projected(user!, projection, USER.schema.id), headers };
  };
  return {
    async list({ base }, query) {
      const page = pageRequestOf(query);
      const projection = projectionIn(query);
      const { total, rows } = await pageOf(store, "scim_user", page, choose);
      const users = await rendered(rows, base, shows(projection, "groups", USER.schema.id));
      const shown = users.map((user) => projected(user, projection, USER.schema.id));
      return listAnswer(shown, total, page.startIndex);
    },
    async create(request) {
      return answer(await createUser(store, normalized(USER, readBody(request.body)), now()), request, 201);
    },
    async read(request, id) {
      return answer(await readUser(store, id), request);
    },
    async replace(request, id) {
      const given = normalized(USER, readBody(request.body));
      const row = await changeUser(store, id, now(), (had) => ({ ...keptOf(had), ...given }));
      return answer(row, request);
    },
    async patch(request, id) {
      const steps = stepsOf(USER, readBody(request.body));
      return answer(await changeUser(store, id, now(), (had) => patched(USER, had, steps)), request);
    },
    async remove(_, id) {
      await deleteUser(store, id, now());
      return { status: 204 };
    },
  };
}

/** What a replacement does not take away by leaving it out: who it is in Okta, and that a deactivated user is that. */
function keptOf({ externalId, active }: JsonObject): JsonObject {
  return { ...(externalId !== undefined && { externalId }), ...(active !== undefined && { active }) };
}
