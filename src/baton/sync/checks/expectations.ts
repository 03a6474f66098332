import type { DatabaseSync } from "node:sqlite";
import type { GrantPage, Listed } from "../../connector.ts";
import type { Work } from "../work/queue.ts";

/**
 * Notes what is to be read and what was read, page by page. Everything here belongs into a transaction of the caller's.
 */
export class Expectations {
  readonly #statements;

  constructor(db: DatabaseSync) {
    this.#statements = {
      expect: db.prepare(
        `INSERT INTO work_expected (subject, root, expected) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET expected = excluded.expected WHERE pass = 0`,
      ),
      see: db.prepare("UPDATE work_expected SET seen = seen + ?, pages = pages + 1 WHERE subject = ? AND root = ?"),
      note: db.prepare("INSERT OR REPLACE INTO work_pages (subject, root, first, last) VALUES (?, ?, ?, ?)"),
      forget: db.prepare("UPDATE work_expected SET seen = 0, pages = 0 WHERE subject = ? AND root = ?"),
      forgetPages: db.prepare("DELETE FROM work_pages WHERE subject = ? AND root = ?"),
      waive: db.prepare("UPDATE work_expected SET pass = 3 WHERE subject = ?"),
      hold: db.prepare("INSERT OR IGNORE INTO work_held (principal, resource) VALUES (?, ?)"),
    };
  }

  /** A resource was listed; `held`: whether what it holds is read in this sync. */
  listed(subject: number, { expected, held }: Pick<Listed, "expected" | "held">, countsHeld: boolean): void {
    for (const { cursor, count } of expected ?? []) this.#statements.expect.run(subject, JSON.stringify(cursor), count);
    if (held !== undefined && countsHeld) this.#statements.expect.run(subject, "", held);
  }

  /** A page of a reading was stored; `rows`: the first and the last row of its grants, where it has any. */
  read(work: Work, page: GrantPage, rows: readonly [first: number, last: number] | undefined): void {
    if (work.subject === undefined || work.root === undefined) return;
    const { changes } = this.#statements.see.run(page.total ?? page.items.length, work.subject, work.root);
    const isOneOfSeveral = page.next.length > 0 || work.cursor !== work.root;
    if (changes === 0 || rows === undefined || !isOneOfSeveral) return;
    this.#statements.note.run(work.subject, work.root, ...rows);
  }

  /** A grant was stored whose principal's number of them may be known. */
  holds(principal: string, resource: string): void {
    this.#statements.hold.run(principal, resource);
  }

  /** The list that a page is part of starts again. */
  restarted(work: Work): void {
    if (work.subject === undefined || work.root === undefined) return;
    this.#statements.forget.run(work.subject, work.root);
    this.#statements.forgetPages.run(work.subject, work.root);
  }

  /** Nothing is expected of a resource that vanished, or that could not be read: that is reported already. */
  waive(subject: number): void {
    this.#statements.waive.run(subject);
  }
}
