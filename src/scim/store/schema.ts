import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StateSchema } from "../../runtime/state/migrate.ts";

/** A user as it was pushed. */
export interface UserTable {
  id: string;
  user_name: string;
  /** In lower case: no two users have the same. */
  user_name_key: string;
  external_id: string | null;
  display_name_key: string;
  active: number;
  /** What was pushed, as JSON, without `id`, `meta`, `schemas`, `groups` and any password. */
  document: string;
  created: number;
  modified: number;
}

/** A group as it was pushed, without its members. */
export interface GroupTable {
  id: string;
  display_name: string;
  display_name_key: string;
  external_id: string | null;
  document: string;
  created: number;
  modified: number;
}

/** The fact that somebody is in a group. */
export interface MemberTable {
  group_id: string;
  /** A user's or a group's id, or whatever else the client named. */
  member_id: string;
  display: string | null;
  /** `User` or `Group`, as the client says; `User` where it does not say. */
  type: string;
}

/** What was pushed, when. */
export interface EventTable {
  seq: number;
  at: number;
  kind: string;
  /** The user's or group's id in this store, and the id under which the connector shows it. */
  subject_id: string;
  subject_key: string;
  subject_name: string;
  /** Of a membership: the member. */
  member_id: string | null;
  member_key: string | null;
  member_name: string | null;
}

/** One row: the number of the last event. Who takes the next one holds the row until its transaction ends. */
export interface CounterTable {
  name: string;
  last: number;
}

/** The tables. */
export interface ScimTables {
  scim_user: UserTable;
  scim_group: GroupTable;
  scim_member: MemberTable;
  scim_event: EventTable;
  scim_counter: CounterTable;
}

const first: Migration = {
  async up(db) {
    await db.schema
      .createTable("scim_user")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("user_name", "text", (column) => column.notNull())
      .addColumn("user_name_key", "text", (column) => column.notNull().unique())
      .addColumn("external_id", "text")
      .addColumn("display_name_key", "text", (column) => column.notNull())
      .addColumn("active", "integer", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("created", "bigint", (column) => column.notNull())
      .addColumn("modified", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("scim_user_external_id").on("scim_user").column("external_id").execute();
    await db.schema.createIndex("scim_user_display_name").on("scim_user").column("display_name_key").execute();
    await db.schema
      .createTable("scim_group")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("display_name_key", "text", (column) => column.notNull())
      .addColumn("external_id", "text")
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("created", "bigint", (column) => column.notNull())
      .addColumn("modified", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("scim_group_external_id").on("scim_group").column("external_id").execute();
    await db.schema.createIndex("scim_group_display_name").on("scim_group").column("display_name_key").execute();
    await db.schema
      .createTable("scim_member")
      .addColumn("group_id", "text", (column) => column.notNull())
      .addColumn("member_id", "text", (column) => column.notNull())
      .addColumn("display", "text")
      .addColumn("type", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("scim_member_key", ["group_id", "member_id"])
      .execute();
    await db.schema.createIndex("scim_member_member").on("scim_member").column("member_id").execute();
    await db.schema
      .createTable("scim_event")
      .addColumn("seq", "bigint", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("subject_id", "text", (column) => column.notNull())
      .addColumn("subject_key", "text", (column) => column.notNull())
      .addColumn("subject_name", "text", (column) => column.notNull())
      .addColumn("member_id", "text")
      .addColumn("member_key", "text")
      .addColumn("member_name", "text")
      .execute();
    await db.schema.createIndex("scim_event_at").on("scim_event").column("at").execute();
    await db.schema
      .createTable("scim_counter")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("last", "bigint", (column) => column.notNull())
      .execute();
    await sql`insert into scim_counter (name, last) values ('event', 0)`.execute(db);
  },
};

/** The store of what was pushed. */
export const SCIM_SCHEMA: StateSchema = { name: "scim", migrations: { "001_first": first } };
