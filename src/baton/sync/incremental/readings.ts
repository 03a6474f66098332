import type { DatabaseSync } from "node:sqlite";
import type { Cursor, Reading, ResourceTypeSupport } from "../../connector.ts";
import type { Plan } from "../plan.ts";

/** Of a type that says nothing of its readings: one that shows all. */
const WHOLE: readonly Reading[] = [{ cursor: {}, pageSize: 200 }];

/** The sorts of readings of a type. */
export function readingsOf(support: ResourceTypeSupport): readonly Reading[] {
  return support.readings ?? WHOLE;
}

/** Whether the reading that begins at `root` (a cursor's text, or `null`) is one of a sort. */
export function isOfSort({ cursor }: Reading, root: string): boolean {
  const at = (JSON.parse(root) ?? {}) as Cursor;
  return Object.entries(cursor).every(([key, value]) => at[key] === value);
}

/** The number of the first sort of readings that `root` begins; -1 where it begins none. */
export function sortOf(support: ResourceTypeSupport, root: string): number {
  return readingsOf(support).findIndex((reading) => isOfSort(reading, root));
}

/** The root that a reading of a sort has where nothing is known of it. */
export function usualRoot({ cursor }: Reading): string {
  return JSON.stringify(cursor);
}

/** A resource's row. */
export interface Subject {
  readonly row: number;
  readonly type: string;
  readonly id: string;
}

/** The stored grants that a reading shows, as the condition of a statement, with its values. */
export function covered(subject: Subject, reading: Reading): { readonly where: string; readonly values: string[] } {
  const texts = (list: readonly string[]) => list.map((one) => `'${one.replaceAll("'", "''")}'`).join(", ");
  if (reading.holds !== undefined) {
    return {
      where: `principal_resource_type_id = ? AND principal_resource_id = ? AND resource_type_id IN (${texts(reading.holds)})`,
      values: [subject.type, subject.id],
    };
  }
  const principals = reading.principals && ` AND principal_resource_type_id IN (${texts(reading.principals)})`;
  return {
    where: `resource_type_id = ? AND resource_id = ?${principals ?? ""}`,
    values: [subject.type, subject.id],
  };
}

/** The grants of a sync that readings show: looked up by what a reading covers. */
export class CoveredGrants {
  readonly #db: DatabaseSync;
  readonly #sync: string;

  constructor(db: DatabaseSync, syncId: string) {
    this.#db = db;
    this.#sync = `sync_id = '${syncId.replaceAll("'", "''")}'`;
  }

  #run(sql: string, subject: Subject, reading: Reading) {
    const { where, values } = covered(subject, reading);
    // Without statistics SQLite would look through all grants of a type of principals.
    const index = reading.holds ? "idx_grants_principal_id_v1" : "idx_grants_resource_type_id_resource_id_v1";
    return { statement: this.#prepared(`${sql} INDEXED BY ${index} WHERE ${where} AND ${this.#sync}`), values };
  }

  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  #prepared(sql: string) {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  count(subject: Subject, reading: Reading): number {
    const { statement, values } = this.#run("SELECT count(*) AS n FROM v1_grants", subject, reading);
    return statement.get(...values)!.n as number;
  }

  delete(subject: Subject, reading: Reading): void {
    const { statement, values } = this.#run("DELETE FROM v1_grants", subject, reading);
    statement.run(...values);
  }

  /** Who holds what a reading of a resource's holders shows. */
  holders(subject: Subject, reading: Reading): { type: string; id: string }[] {
    const columns = "SELECT DISTINCT principal_resource_type_id AS type, principal_resource_id AS id FROM v1_grants";
    const { statement, values } = this.#run(columns, subject, reading);
    return statement.all(...values) as { type: string; id: string }[];
  }

  rows(subject: Subject, reading: Reading): { external_id: string; data: Uint8Array }[] {
    const { statement, values } = this.#run("SELECT external_id, data FROM v1_grants", subject, reading);
    return statement.all(...values) as unknown as { external_id: string; data: Uint8Array }[];
  }
}

/** Whether the grants of a type's resources are read one resource at a time in this sync. */
export function isReadSingly(plan: Plan, support: ResourceTypeSupport): boolean {
  return plan.grants && support.grants !== undefined && support.allGrants === undefined;
}
