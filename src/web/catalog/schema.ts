/**
 * What everything is called, in the order of names: the number `n` of a thing is its place in it. `folded` is the name as
 * it is looked for; `text` all that is looked into, a line each.
 */
export const NAMES_SCHEMA = `
CREATE TABLE thing (
  n INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  login TEXT NOT NULL,
  email TEXT NOT NULL,
  detail TEXT NOT NULL,
  status TEXT NOT NULL,
  status_detail TEXT NOT NULL,
  last_sign_in INTEGER,
  created INTEGER,
  service INTEGER NOT NULL
);
CREATE TABLE word (n INTEGER PRIMARY KEY, weight INTEGER NOT NULL, folded TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE entitlement (
  e INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  purpose TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  privileged INTEGER NOT NULL
);
CREATE TABLE field (type TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (type, name)) WITHOUT ROWID;
`;

/** Made once the rows are in. */
export const NAMES_INDEXES = `
CREATE INDEX word_begin ON word (weight, folded);
CREATE UNIQUE INDEX thing_key ON thing (type, id);
CREATE UNIQUE INDEX entitlement_id ON entitlement (id);
CREATE INDEX entitlement_resource ON entitlement (resource_type, resource_id, e);
`;

/** Who holds what, by numbers of the names, with what is counted of it. */
export const ACCESS_SCHEMA = `
CREATE TABLE held (e INTEGER NOT NULL, p INTEGER NOT NULL, PRIMARY KEY (e, p)) WITHOUT ROWID;
CREATE TABLE unknown (n INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL);
CREATE TABLE unknown_entitlement (
  e INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL
);
CREATE TABLE listing (
  n INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  admin INTEGER NOT NULL,
  non_human INTEGER NOT NULL,
  held INTEGER NOT NULL,
  holders INTEGER NOT NULL,
  last_sign_in INTEGER NOT NULL
);
CREATE TABLE holders (e INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE flow (
  kind TEXT NOT NULL,
  via_type TEXT NOT NULL,
  via_id TEXT NOT NULL,
  role_type TEXT NOT NULL,
  role_id TEXT NOT NULL,
  people INTEGER NOT NULL
);
CREATE TABLE admin_role (
  role_type TEXT NOT NULL,
  role_id TEXT NOT NULL,
  people INTEGER NOT NULL,
  groups INTEGER NOT NULL,
  apps INTEGER NOT NULL
);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** Made once the rows are in. */
export const ACCESS_INDEXES = `
CREATE INDEX listing_type ON listing (type, n);
CREATE INDEX listing_status ON listing (type, status, n);
CREATE INDEX listing_held ON listing (type, held, n);
CREATE INDEX listing_holders ON listing (type, holders, n);
CREATE INDEX listing_sign_in ON listing (type, last_sign_in, n);
CREATE INDEX listing_admin ON listing (type, n) WHERE admin = 1;
CREATE INDEX listing_non_human ON listing (type, n) WHERE non_human = 1;
CREATE INDEX flow_people ON flow (people);
`;
