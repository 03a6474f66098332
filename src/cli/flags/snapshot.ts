import type { Settings } from "../../runtime/config/config.ts";
import { LOG_FLAGS } from "./logs.ts";

/** The flags of `snapshot`. */
export const SNAPSHOT_FLAGS = {
  sync: {
    type: "string",
    placeholder: "ID",
    description: "The sync in the file to look at; else the newest finished full one",
  },
  resource: {
    type: "string",
    placeholder: "TYPE:ID",
    description: "grants: only who has what on this resource, as role:SUPER_ADMIN",
  },
  principal: {
    type: "string",
    placeholder: "TYPE:ID",
    description: "grants: only what this user or group holds, as user:00u1abcd",
  },
  entitlement: { type: "string", placeholder: "ID", description: "grants: only this one, as group:00g1abcd:member" },
  type: { type: "string", short: "t", placeholder: "TYPE", description: "Only resources of this type, as app" },
  org: { type: "string", placeholder: "HOST", description: "export: the org's name in what is exported" },
  remove: { type: "string", placeholder: "group:ID", description: "what-if: the group to do without" },
  "fail-on": {
    type: "string",
    choices: ["low", "medium", "high", "critical"],
    placeholder: "SEVERITY",
    description: "findings: end with exit code 5 where something is found that is as bad as this",
  },
  "fail-on-unknown": {
    type: "boolean",
    default: false,
    description: "findings: end with exit code 5 too where a rule could not be judged",
  },
  suppressions: {
    type: "string",
    placeholder: "FILE",
    description: "findings: what is accepted for a while (YAML or JSON: rule, subject, reason, expires)",
  },
  now: {
    type: "string",
    placeholder: "TIME",
    description: "findings: count ages to this moment; else to the time of the snapshot",
  },
  key: {
    type: "string",
    secret: true,
    placeholder: "TEXT",
    description: "sanitize: what the new names are made with, so that they are the same the next time",
  },
  "key-file": { type: "string", placeholder: "FILE", description: "sanitize: a file that holds the key" },
  file: { type: "string", short: "f", placeholder: "FILE", description: "The snapshot, where it is not named first" },
  limit: {
    type: "integer",
    default: 1000,
    min: 0,
    placeholder: "N",
    description: "How many rows at most; 0 means all",
  },
  format: {
    type: "string",
    default: "jsonl",
    choices: ["csv", "xlsx", "jsonl", "json", "parquet", "ocsf", "opengraph", "openfga"],
    placeholder: "FORM",
    description: "export: the form; xlsx and parquet are written into DIR",
  },
  output: {
    type: "string",
    short: "o",
    default: "table",
    choices: ["table", "json", "csv", "text", "sarif", "ocsf"],
    placeholder: "FORM",
    description:
      "A table for people (text is the same), JSON (an object a line) or CSV; findings: SARIF and OCSF (2008) too",
  },
  "no-cache": {
    type: "boolean",
    default: false,
    description: "Keep no unpacked copy of a large snapshot for the next question",
  },
  "c1z-temp-dir": {
    type: "string",
    placeholder: "DIR",
    description: "The folder for unpacked snapshots; else the user's cache folder",
  },
  "log-level": LOG_FLAGS["log-level"],
} as const satisfies Settings;
