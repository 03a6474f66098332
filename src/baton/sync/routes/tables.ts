/**
 * What is read by another route than it is listed, in the working file, so that it outlives a kill. `work_route`: how far
 * the route of a type is. `work_parked`: readings that wait for the choice of the route, or for the other route to show
 * what they would have shown.
 */
export const ROUTE_TABLES = `
  CREATE TABLE work_route (type TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE work_parked (
    type TEXT NOT NULL, resource INTEGER NOT NULL, root TEXT NOT NULL,
    PRIMARY KEY (type, resource)
  ) WITHOUT ROWID`;

/** The tables of {@link ROUTE_TABLES}, to be dropped when the sync is sealed. */
export const ROUTE_TABLE_NAMES = ["work_route", "work_parked"] as const;
