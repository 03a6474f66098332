import { CHECK_TABLES } from "../checks/tables.ts";
import { INCREMENTAL_TABLES } from "../incremental/tables.ts";
import { ROUTE_TABLES } from "../routes/tables.ts";

/** What the syncer keeps beside the snapshot's own tables until it seals it. */
export const NOTE_TABLES = `
  CREATE TABLE work_listed (resource INTEGER PRIMARY KEY, grants TEXT NOT NULL);
  CREATE TABLE work_found (external_id TEXT PRIMARY KEY, type TEXT NOT NULL, data BLOB NOT NULL, carried INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE work_gone (subject INTEGER PRIMARY KEY);
  CREATE TABLE work_related (external_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE work_skipped (type TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
  CREATE TABLE work_indirect (
    entitlement TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (entitlement, type, id)
  ) WITHOUT ROWID;
  CREATE TABLE work_refused (
    sort TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL, count INTEGER NOT NULL, example TEXT, request TEXT,
    PRIMARY KEY (sort, what, why)
  ) WITHOUT ROWID;
  ${CHECK_TABLES};
  ${ROUTE_TABLES};
  ${INCREMENTAL_TABLES}`;
