import type { Settings } from "../../runtime/config/config.ts";

/** The flags of `review` that are its own. */
export const REVIEW_OWN_FLAGS = {
  dir: { type: "string", placeholder: "DIR", description: "The review's folder" },
  name: { type: "string", placeholder: "TEXT", description: "start: what the review is called" },
  file: {
    type: "string",
    short: "f",
    placeholder: "FILE",
    description: "start: the snapshot; apply: a later one that proves or refutes what was carried out, without Okta",
  },
  sync: {
    type: "string",
    placeholder: "ID",
    description: "start: the sync in the file; else the newest finished full one",
  },
  scope: {
    type: "list",
    placeholder: "TYPE:ID",
    description:
      "start: who holds what is reviewed: role:*, app:0oa1abcd, group:00g1abcd (its members); may be repeated",
  },
  findings: {
    type: "string",
    choices: ["low", "medium", "high", "critical"],
    placeholder: "SEVERITY",
    description: "start: the access of findings as bad as this is reviewed too, in or out of scope",
  },
  "changed-since": {
    type: "string",
    placeholder: "DIR",
    description: "start: a closed review: what is new, changed or dangerous is asked again, the rest is carried on",
  },
  "granted-from-log": {
    type: "boolean",
    default: false,
    description: "start: ask Okta's system log when and by whom access was granted; it keeps 90 days",
  },
  "allow-partial": { type: "boolean", default: false, description: "start: take a sync that is not of the whole org" },
  reviewers: {
    type: "list",
    placeholder: "manager|owner|FILE",
    description:
      "start: who decides, in this order (default manager,owner); a file (CSV, YAML: items, principals, reviewer) goes first",
  },
  fallback: {
    type: "list",
    placeholder: "EMAIL",
    description: "start: who decides where nobody else does; of several the first who may",
  },
  "require-justification": {
    type: "string",
    default: "none",
    choices: ["none", "all", "privileged", "revoke", "approve"],
    placeholder: "WHERE",
    description: "start: which decisions need a justification",
  },
  "forbid-bulk": { type: "boolean", default: false, description: "start: no decisions on many items at once" },
  unanswered: {
    type: "string",
    default: "none",
    choices: ["none", "keep", "revoke"],
    placeholder: "MEANS",
    description: "start: what no answer means when it is applied; else it is reported as unreviewed",
  },
  "reading-seconds": {
    type: "number",
    default: 2,
    min: 0,
    max: 600,
    placeholder: "N",
    description: "start: decisions that come faster than this for each item are marked",
  },
  format: {
    type: "string",
    default: "xlsx",
    choices: ["xlsx", "csv"],
    placeholder: "FORM",
    description: "sheet: the form of the sheets",
  },
  out: { type: "string", placeholder: "DIR", description: "sheet: the folder for the sheets" },
  reviewer: { type: "string", placeholder: "EMAIL", description: "sheet: only this reviewer's" },
  from: { type: "string", placeholder: "EMAIL", description: "delegate: who hands over; nobody: what has no reviewer" },
  to: { type: "string", placeholder: "EMAIL", description: "delegate: who takes over" },
  item: { type: "list", placeholder: "ID", description: "delegate: only these items" },
  reason: { type: "string", default: "", placeholder: "TEXT", description: "delegate: why" },
  listen: {
    type: "string",
    default: "127.0.0.1:0",
    placeholder: "HOST:PORT",
    description: "page: where it is served, on this machine; port 0 takes a free one",
  },
  concurrency: {
    type: "integer",
    default: 4,
    min: 1,
    max: 16,
    placeholder: "N",
    description: "apply: how many are carried out at once, within Okta's limits",
  },
  key: {
    type: "string",
    placeholder: "FILE",
    description: "start, close: sign with this Ed25519 key (PEM or JWK); verify: whose signature it has to be",
  },
} as const satisfies Settings;
