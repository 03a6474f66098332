/**
 * What lists and counts say of each other, in the working file, so that it outlives a kill.
 * `work_expected`: how many items a reading is to show (`root`: the cursor that it begins at; `''`: how many grants name
 * the subject as their principal), how many it showed, and how far the check is.
 * `work_pages`: where the grants of each page of a reading of several pages are, as a range of rows.
 * `work_held`: which resources are held by principals whose number of them is known.
 * `work_relisted`: how far the check of a type's list is, with some resources that it did not show.
 */
export const CHECK_TABLES = `
  CREATE TABLE work_expected (
    subject INTEGER NOT NULL, root TEXT NOT NULL, expected INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    pages INTEGER NOT NULL DEFAULT 0, pass INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, others TEXT,
    PRIMARY KEY (subject, root)
  ) WITHOUT ROWID;
  CREATE TABLE work_pages (
    subject INTEGER NOT NULL, root TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (subject, root, first)
  ) WITHOUT ROWID;
  CREATE TABLE work_held (principal TEXT NOT NULL, resource TEXT NOT NULL, PRIMARY KEY (principal, resource)) WITHOUT ROWID;
  CREATE TABLE work_relisted (type TEXT PRIMARY KEY, pass INTEGER NOT NULL, missing TEXT NOT NULL) WITHOUT ROWID`;

/** The tables of {@link CHECK_TABLES}, to be dropped when the sync is sealed. */
export const CHECK_TABLE_NAMES = ["work_expected", "work_pages", "work_held", "work_relisted"] as const;

/** How far a check is. */
export const PASS = { reading: 0, asked: 1, again: 2, done: 3 } as const;
