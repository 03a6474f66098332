import type { DatabaseSync } from "node:sqlite";
import type { Meta } from "./meta.ts";
import { NeedsFull } from "./needs-full.ts";

/** What was refused so far in a sync, each sort once. */
export function refusedIn(db: DatabaseSync): string[] {
  const rows = db.prepare("SELECT DISTINCT what FROM work_refused WHERE sort = 'refused' ORDER BY what").all();
  return rows.map(({ what }) => what as string);
}

/**
 * Holds what is refused in a sync that carries rows over against what was refused in the one before: with other permissions
 * what was carried over is not what would be read.
 */
export class Permissions {
  readonly #db: DatabaseSync;
  readonly #meta: Meta;

  constructor(db: DatabaseSync, meta: Meta) {
    this.#db = db;
    this.#meta = meta;
  }

  /** Notes what was refused in the sync before. */
  static note(meta: Meta, refused: readonly string[]): void {
    for (const what of refused) meta.note("refusedBefore", what);
  }

  /** Throws {@link NeedsFull} where something is refused that was not before. */
  checkLost(): void {
    const before = new Set(this.#meta.list("refusedBefore"));
    const lost = refusedIn(this.#db).filter((what) => !before.has(what));
    if (lost.length > 0) throw new NeedsFull(`what may be read has changed: ${lost.join(", ")} could be read before`);
  }

  /** Throws {@link NeedsFull} where something is no longer refused, all of which was asked for again. */
  checkGained(): void {
    const now = new Set(refusedIn(this.#db));
    const gained = this.#meta.list("refusedBefore").filter((what) => !now.has(what));
    if (gained.length > 0)
      throw new NeedsFull(`what may be read has changed: ${gained.join(", ")} could not be read before`);
  }
}
