import type { Settings } from "../../runtime/config/config.ts";
import type { Flag } from "./flag.ts";

/** Flags that read what Okta pushed in place of asking Okta. */
export const SOURCE_FLAGS = {
  source: {
    topic: "scim",
    type: "string",
    default: "okta",
    choices: ["okta", "scim"],
    placeholder: "NAME",
    description: "What is read: Okta's API, or what Okta pushed to baton-okta scim",
  },
  store: {
    topic: "scim",
    type: "string",
    default: "scim.db",
    placeholder: "FILE|postgres://...",
    description: "With --source scim: where baton-okta scim keeps what is pushed",
  },
} as const satisfies Record<string, Flag>;

/** The flags of `scim` that are its own. */
export const SCIM_OWN_FLAGS = {
  listen: {
    type: "string",
    default: "127.0.0.1:8443",
    placeholder: "HOST:PORT",
    description: "Where to listen; port 0 takes a free one",
  },
  store: {
    type: "string",
    default: "scim.db",
    placeholder: "FILE|postgres://...",
    description: "Where what is pushed is kept: a SQLite file, or PostgreSQL for several replicas",
  },
  "token-file": {
    type: "string",
    placeholder: "FILE",
    description: "The tokens that Okta may send, one a line: name:sha256:HASH, with :EXPIRY behind it where it ends",
  },
  "tls-cert": {
    type: "string",
    placeholder: "FILE",
    description: "The server's certificate (PEM), taken up anew when it changes",
  },
  "tls-key": { type: "string", placeholder: "FILE", description: "The certificate's key (PEM)" },
  insecure: {
    type: "boolean",
    description: "Without TLS on any address, where something in front brings it",
  },
  "compare-with": {
    type: "string",
    placeholder: "FILE",
    description: "Compare with this snapshot whenever it is new, and tell the metrics",
  },
  file: {
    type: "string",
    short: "f",
    default: "sync.c1z",
    placeholder: "FILE",
    description: "check: the snapshot of Okta's API to compare with",
  },
  output: {
    type: "string",
    short: "o",
    default: "text",
    choices: ["text", "json"],
    placeholder: "FORM",
    description: "check: what is printed, as text or as json",
  },
  expires: {
    type: "string",
    placeholder: "DAY",
    description: "token: the last day on which it is good, as 2027-01-31",
  },
} as const satisfies Settings;
