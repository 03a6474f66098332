import { type RawBuilder, sql } from "kysely";

/** A row with the id under which the connector shows it. */
export interface Named {
  readonly id: string;
  readonly external_id: string | null;
  /** How many others claim the same id of Okta's, and come first. */
  readonly better: number;
}

/**
 * The id of a resource: Okta's own where it is known, so that both sources name the same person the same way. Where
 * several were pushed with the same, as after a new login, one of them has it; the others keep the store's.
 */
export function keyOf({ id, external_id, better }: Named): string {
  return external_id && Number(better) === 0 ? external_id : id;
}

/** How many others of Okta's id come first: those who are active, then those who were pushed later. */
export const betterUsers: RawBuilder<number> = sql<number>`(
  select count(*) from scim_user other
  where other.external_id = scim_user.external_id
    and (other.active > scim_user.active or (other.active = scim_user.active and other.id > scim_user.id))
)`;

/** The same of groups: those that were pushed later. */
export const betterGroups: RawBuilder<number> = sql<number>`(
  select count(*) from scim_group other
  where other.external_id = scim_group.external_id and other.id > scim_group.id
)`;
