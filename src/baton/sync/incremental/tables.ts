/**
 * What an incremental sync keeps in the working file beside the snapshot's own tables, so that it outlives a kill.
 * `work_incremental`: how the sync is made. `work_since`: where each part of the changes goes on in the next sync.
 * `work_named`: what was named to be read again. `work_seen`: resources that were shown in this sync. `work_undecided`:
 * resources of whose readings it is still to be decided whether they are read again. `work_changed`: what resources were before.
 * `work_clock`: when what a reading shows last changed. `work_reread`, `work_one`: readings that are read again, and grants to
 * one principal. `work_before`: who held what of a reading before it was read again. `work_holder`: whose grants a reading of
 * whole types showed. `work_list`: lists that are read again. `work_unsure`: readings that something was missing from.
 * `work_shown`: what the last sync's readings showed, where its rows do not say. `work_sample`: what is read to see whether
 * the sync is right. `work_taken`: resources that only their grants showed.
 */
export const INCREMENTAL_TABLES = `
  CREATE TABLE work_incremental (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE work_since (part TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE work_named (
    what TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, reading TEXT NOT NULL, ptype TEXT NOT NULL, pid TEXT NOT NULL,
    PRIMARY KEY (what, type, id, reading, ptype, pid)
  ) WITHOUT ROWID;
  CREATE TABLE work_seen (resource INTEGER PRIMARY KEY);
  CREATE TABLE work_undecided (resource INTEGER PRIMARY KEY);
  CREATE TABLE work_changed (resource INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE work_clock (resource INTEGER NOT NULL, root TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (resource, root)) WITHOUT ROWID;
  CREATE TABLE work_reread (resource INTEGER NOT NULL, reading INTEGER NOT NULL, passed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (resource, reading)) WITHOUT ROWID;
  CREATE TABLE work_one (
    resource INTEGER NOT NULL, reading INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, held INTEGER NOT NULL,
    passed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (resource, reading, type, id)
  ) WITHOUT ROWID;
  CREATE TABLE work_counted (
    resource INTEGER NOT NULL, reading INTEGER NOT NULL, root TEXT NOT NULL, total INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (resource, reading)
  ) WITHOUT ROWID;
  CREATE TABLE work_before (
    resource INTEGER NOT NULL, reading INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (resource, reading, type, id)
  ) WITHOUT ROWID;
  CREATE TABLE work_holder (name TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, type, id)) WITHOUT ROWID;
  CREATE TABLE work_list (type TEXT PRIMARY KEY, swept INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE work_unsure (type TEXT NOT NULL, id TEXT NOT NULL, root TEXT NOT NULL, PRIMARY KEY (type, id, root)) WITHOUT ROWID;
  CREATE TABLE work_shown (
    type TEXT NOT NULL, id TEXT NOT NULL, reading INTEGER NOT NULL, total INTEGER NOT NULL, root TEXT, PRIMARY KEY (type, id, reading)
  ) WITHOUT ROWID;
  CREATE TABLE work_taken (external_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE work_sample (resource INTEGER NOT NULL, reading INTEGER NOT NULL, rows TEXT NOT NULL, PRIMARY KEY (resource, reading)) WITHOUT ROWID`;

/** The tables of {@link INCREMENTAL_TABLES}, to be dropped when the sync is sealed. */
export const INCREMENTAL_TABLE_NAMES = [...INCREMENTAL_TABLES.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!);
