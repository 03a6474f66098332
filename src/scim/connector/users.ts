import type { ResourceTypeSupport } from "../../baton/connector.ts";
import type { ScimStore } from "../store/store.ts";
import { afterOf } from "./cursor.ts";
import { betterUsers, keyOf } from "./names.ts";
import { userType } from "./types.ts";
import { userResource } from "./user-resource.ts";

/** Users that are read at a time. */
const PAGE = 500;

/** Pushed users: no entitlements of their own. */
export function users({ db }: ScimStore): ResourceTypeSupport {
  const rows = () => db.selectFrom("scim_user").selectAll().select(betterUsers.as("better"));
  type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];
  const listed = (row: Row) => ({ resource: userResource(row, keyOf(row)), grants: [] });
  return {
    type: userType,
    listsAll: true,
    async list(cursor) {
      const page = await rows().where("id", ">", afterOf(cursor)).orderBy("id").limit(PAGE).execute();
      return { items: page.map(listed), next: page.length < PAGE ? [] : [{ after: page.at(-1)!.id }] };
    },
    async get(id) {
      const found = await rows()
        .where(({ eb, or }) => or([eb("id", "=", id), eb("external_id", "=", id)]))
        .execute();
      const row = found.find((one) => keyOf(one) === id);
      return row && listed(row);
    },
  };
}
