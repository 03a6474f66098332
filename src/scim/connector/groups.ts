import { create } from "@bufbuild/protobuf";
import type { Cursor, GrantPage, ResourceTypeSupport } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { assignment, grantedOf, idOf } from "../../baton/model/assignment.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import { jsonObject } from "../../baton/model/values.ts";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { GroupTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { type GroupRow, groupDocument } from "../store/groups.ts";
import type { ScimStore } from "../store/store.ts";
import { afterOf } from "./cursor.ts";
import { betterGroups, betterUsers, keyOf } from "./names.ts";
import { groupType, userType } from "./types.ts";

/** Groups, and members of one, that are read at a time. */
const PAGE = 500;
const MEMBERS_PAGE = 1_000;

const UNKNOWN = {
  sort: "incomplete",
  what: "members of groups who were not pushed as users",
  why: "Okta pushes a group's members as users only where they are assigned to the app",
} as const;

/** Pushed groups: who is in them. */
export function groups({ db }: ScimStore): ResourceTypeSupport {
  const rows = () =>
    db
      .selectFrom("scim_group")
      .selectAll()
      .select(betterGroups.as("better"))
      .select(({ selectFrom, ref }) =>
        selectFrom("scim_member")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("group_id", "=", ref("scim_group.id"))
          .as("members"),
      );
  type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];
  const listed = (row: Row) => ({
    resource: groupResource(row, keyOf(row), Number(row.members)),
    grants: Number(row.members) === 0 ? [] : [{}],
  });

  async function byKey(id: string): Promise<Row | undefined> {
    const found = await rows()
      .where(({ eb, or }) => or([eb("id", "=", id), eb("external_id", "=", id)]))
      .execute();
    return found.find((one) => keyOf(one) === id);
  }

  async function members(resource: Resource, cursor: Cursor | undefined): Promise<GrantPage> {
    const group = await byKey(idOf(resource));
    if (group === undefined) throw new Failure({ kind: "notFound", message: `there is no group ${idOf(resource)}` });
    const page = await db
      .selectFrom("scim_member")
      .leftJoin("scim_user", "scim_user.id", "scim_member.member_id")
      .select(["member_id", "scim_user.id", "scim_user.external_id"])
      .select(betterUsers.as("better"))
      .where("group_id", "=", group.id)
      .where("member_id", ">", afterOf(cursor))
      .orderBy("member_id")
      .limit(MEMBERS_PAGE)
      .execute();
    const granted = grantedOf(resource, "member");
    const people = page.filter((row) => row.id !== null);
    const others = page.filter((row) => row.id === null).map((row) => row.member_id);
    const nested = others.length === 0 ? [] : await rows().where("id", "in", others).execute();
    const strangers = others.length - nested.length;
    return {
      items: [
        ...people.map((row) => ({
          granted,
          principalType: userType.id,
          principalId: keyOf({ ...row, id: row.member_id }),
        })),
        ...nested.map((row) => ({
          granted,
          principalType: groupType.id,
          principalId: keyOf(row),
          expandable: { entitlementIds: [entitlementId(groupType.id, keyOf(row), "member")], shallow: false },
        })),
      ],
      next: page.length < MEMBERS_PAGE ? [] : [{ after: page.at(-1)!.member_id }],
      ...(strangers > 0 && { refused: [{ ...UNKNOWN, on: `group ${idOf(resource)}` }] }),
    };
  }

  return {
    type: groupType,
    listsAll: true,
    async list(cursor) {
      const page = await rows().where("id", ">", afterOf(cursor)).orderBy("id").limit(PAGE).execute();
      return { items: page.map(listed), next: page.length < PAGE ? [] : [{ after: page.at(-1)!.id }] };
    },
    async get(id) {
      const row = await byKey(id);
      return row && listed(row);
    },
    entitlements: (resource) => [
      assignment(resource, "member", {
        displayName: `${resource.displayName} Group Member`,
        description: `Member of ${resource.displayName} group in Okta`,
        grantableTo: [userType],
      }),
    ],
    grants: (resource, cursor) => members(resource, cursor),
  };
}

function groupResource(row: GroupRow, id: string, members: number): Resource {
  return create(ResourceSchema, {
    id: { resourceType: groupType.id, resource: id },
    displayName: row.display_name,
    annotations: [
      // A push says nothing of where the group comes from.
      pack(GroupTraitSchema, {}),
      pack(V1IdentifierSchema, { id }),
      pack(RawIdSchema, { id }),
    ],
    profile: jsonObject({ ...groupDocument(row), name: row.display_name, users_count: members }),
  });
}
