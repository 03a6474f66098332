import type { DatabaseSync } from "node:sqlite";
import type { Refusal } from "../../connector.ts";
import type { Work } from "./queue.ts";
import { decodeResource } from "./resource-row.ts";

/** What is missing from what was read, as it is reported when the sync ends. Each call belongs into a transaction of the caller's. */
export class Refusals {
  readonly #resource;
  readonly #unsure;
  readonly #refused;
  readonly #countUnreadable;

  constructor(db: DatabaseSync) {
    this.#resource = db.prepare("SELECT data FROM v1_resources WHERE id = ?");
    this.#unsure = db.prepare("INSERT OR IGNORE INTO work_unsure (type, id, root) VALUES (?, ?, ?)");
    this.#refused = db.prepare(
      `INSERT INTO work_refused (sort, what, why, count, example, request) VALUES (?, ?, ?, 1, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + 1, request = iif(excluded.example < example, excluded.request, request),
           example = min(ifnull(example, excluded.example), ifnull(excluded.example, example))`,
    );
    this.#countUnreadable = db.prepare("SELECT count(DISTINCT what) AS n FROM work_refused WHERE sort = 'unreadable'");
  }

  /** Notes what was missing from a page. */
  add(refused: readonly Refusal[] | undefined): void {
    for (const { sort = "refused", what, why, on, requestId } of refused ?? []) {
      this.#refused.run(sort, what, why, on ?? null, requestId ?? null);
    }
  }

  /** Notes what was missing from a page of a type's list; of `id` only, where a reading is of one. The next sync reads it again. */
  addOfType(refused: readonly Refusal[] | undefined, type: string, id = ""): void {
    this.add(refused);
    if (refused !== undefined && refused.length > 0) this.#unsure.run(type, id, "");
  }

  /** Notes what was missing from a page of a resource's grants. The next sync reads them again. */
  addOfReading(refused: readonly Refusal[] | undefined, { subject, root }: Work): void {
    this.add(refused);
    if (refused === undefined || refused.length === 0 || subject === undefined) return;
    const row = this.#resource.get(subject);
    const id = row && decodeResource(row.data).id;
    if (id) this.#unsure.run(id.resourceType, id.resource, root ?? "null");
  }

  /** Notes what contradicts what the other side says elsewhere. */
  addIncomplete(what: string, why: string, on: string): void {
    this.add([{ sort: "incomplete", what, why, on }]);
  }

  /** How many objects are noted as not readable so far. */
  countUnreadable(): number {
    return this.#countUnreadable.get()!.n as number;
  }
}
