import type { Values } from "../../runtime/config/config.ts";
import { EVENT_FLAGS } from "./events.ts";
import type { Flag } from "./flag.ts";
import { HEALTH_FLAGS } from "./health.ts";
import { INCREMENTAL_FLAGS } from "./incremental.ts";
import { LEASE_STORE_FLAGS } from "./leases.ts";
import { COMPACT_FLAGS, PASSED_OVER_FLAGS, REFUSED_FLAGS } from "./original.ts";
import { PLAN_FLAGS } from "./plan.ts";
import { PROVISION_FLAGS } from "./provision.ts";
import { SOURCE_FLAGS } from "./scim.ts";
import { SERVE_FLAGS } from "./serve.ts";
import { SERVICE_FLAGS } from "./service.ts";

const CREDENTIALS = {
  domain: {
    topic: "credentials",
    type: "string",
    placeholder: "HOST",
    example: "acme.okta.com",
    description: "The Okta org, as acme.okta.com; https:// in front and a port are fine",
    displayName: "Okta domain",
    platform: "connector",
    required: true,
  },
  "auth-method": {
    topic: "credentials",
    type: "string",
    default: "api-token-group",
    choices: ["api-token-group", "private-key-group"],
    placeholder: "METHOD",
    description: "api-token-group signs in with --api-token, private-key-group with the three --okta-* flags",
  },
  "api-token": {
    topic: "credentials",
    type: "string",
    secret: true,
    placeholder: "TOKEN",
    description: "An Okta API token; it can do what its owner can do",
    displayName: "API token",
    example: "00abcd...",
    platform: "connector",
  },
  "okta-client-id": {
    topic: "credentials",
    type: "string",
    placeholder: "ID",
    description: "The client id of an API service app in Okta",
    displayName: "Okta Client ID",
    platform: "connector",
  },
  "okta-private-key": {
    topic: "credentials",
    type: "string",
    secret: true,
    placeholder: "KEY",
    description: "The app's RSA private key: PEM, JWK or the path of a file that holds one",
    displayName: "Okta Private Key",
    platform: "connector",
  },
  "okta-private-key-id": {
    topic: "credentials",
    type: "string",
    placeholder: "KID",
    description: "The id (kid) that Okta shows for that key",
    displayName: "Okta Private Key ID",
    platform: "connector",
  },
} as const satisfies Record<string, Flag>;

const SYNC = {
  file: {
    topic: "sync",
    type: "string",
    short: "f",
    default: "sync.c1z",
    placeholder: "FILE",
    description: "The snapshot to write; a sync into an existing one adds to it",
  },
  "sync-custom-roles": {
    topic: "sync",
    type: "boolean",
    description: "Also custom roles, resource sets and their bindings",
    displayName: "Sync custom roles",
    platform: "connector",
  },
  "sync-secrets": {
    topic: "sync",
    type: "boolean",
    description: "Also API tokens: who owns them, when they expire; never their values",
    displayName: "Sync secrets",
    platform: "connector",
  },
  "sync-reach": {
    topic: "sync",
    type: "boolean",
    description:
      "Also what says how far access reaches, which takes calls of its own: group rules and owners, targets and permissions of admin roles, contents of resource sets, factors of admins, service apps with their roles, scopes, keys and secrets; and custom roles",
    displayName: "Sync reach",
    platform: "connector",
  },
  "sync-findings": {
    topic: "sync",
    type: "boolean",
    description:
      "Also what is dangerous in what a full sync has read, as resources with the trait SECURITY_INSIGHT, bound to the user or resource (not over gRPC: rules need the whole picture)",
    displayName: "Sync findings",
    platform: "connector",
  },
  "sync-inactive-apps": {
    topic: "sync",
    type: "boolean",
    default: true,
    description: "Also apps that are switched off",
    displayName: "Sync inactive apps",
    platform: "connector",
  },
  "skip-secondary-emails": {
    topic: "sync",
    type: "boolean",
    description: "Leave second email addresses out",
    displayName: "Skip secondary emails",
    platform: "connector",
  },
  "skip-app-groups": {
    topic: "sync",
    type: "boolean",
    description: "Leave groups out that an app brought in (APP_GROUP)",
    displayName: "Skip app groups",
    platform: "connector",
  },
  "filter-email-domains": {
    topic: "sync",
    type: "list",
    placeholder: "DOMAINS",
    description: "Only users with an email, second email or login in one of these domains, and only their access",
    displayName: "Filter email domains",
    example: "acme.com",
    platform: "connector",
  },
  "sync-resource-types": {
    topic: "sync",
    type: "list",
    placeholder: "TYPES",
    description: "Only these resource types, as user,group",
  },
  "sync-resources": {
    topic: "sync",
    type: "list",
    placeholder: "IDS",
    description: "Only these resources, as bid:r:group/00g1abcd; the rest of the snapshot stays as it was",
  },
  "skip-entitlements-and-grants": {
    topic: "sync",
    type: "boolean",
    description: "Only what there is, not who may use it",
  },
  "skip-grants": {
    topic: "sync",
    type: "boolean",
    description: "With --sync-resources: resources and entitlements without grants",
  },
  "skip-unreadable": {
    topic: "sync",
    type: "boolean",
    description:
      "Leave what Okta fails to show of one group, app, user or binding, for ever, out and name it; else the sync fails",
  },
  "c1z-temp-dir": {
    topic: "sync",
    type: "string",
    placeholder: "DIR",
    description: "Where the working file lies; else beside the snapshot",
  },
  "storage-engine": {
    topic: "sync",
    type: "string",
    default: "sqlite",
    choices: ["sqlite", "pebble"],
    placeholder: "NAME",
    description: "The format inside the snapshot; sqlite is written, whichever is asked for",
  },
  "keep-previous-sync-c1z": {
    topic: "sync",
    type: "boolean",
    description: "Taken so that existing manifests work; means nothing, as the previous sync is kept anyway",
  },
  ticketing: {
    topic: "sync",
    type: "boolean",
    description: "Taken so that existing manifests work; means nothing, as this connector has no tickets",
  },
  output: {
    topic: "sync",
    type: "string",
    short: "o",
    default: "text",
    choices: ["text", "json"],
    placeholder: "FORM",
    description: "What is told on standard output, as text or as json",
  },
} as const satisfies Record<string, Flag>;

const LIMITS = {
  "rate-limit-share": {
    topic: "limits",
    type: "number",
    default: 0.8,
    min: 0.01,
    max: 1,
    placeholder: "PART",
    description: "The part of each of Okta's rate limits that this program may use; the rest is left to others",
  },
  workers: {
    topic: "limits",
    type: "integer",
    default: -1,
    min: -1,
    max: 64,
    isClamped: true,
    placeholder: "N",
    description: "How many lists are read side by side, 64 at most: 0 in turn, -1 as the machine and the limits allow",
  },
  "parallel-sync": {
    topic: "limits",
    type: "boolean",
    description: "The same as --workers -1",
  },
  "http-timeout-seconds": {
    topic: "limits",
    type: "integer",
    default: 300,
    min: 1,
    max: 1800,
    placeholder: "SECONDS",
    description: "How long one request may take",
    platform: "ops",
  },
  cache: {
    topic: "limits",
    type: "boolean",
    default: true,
    description: "Taken so that existing manifests work; no answer of Okta is kept longer than one sync",
  },
  "cache-tti": {
    topic: "limits",
    type: "integer",
    default: 60,
    min: 0,
    placeholder: "SECONDS",
    description: "Taken with --cache, and without effect like it",
  },
  "cache-ttl": {
    topic: "limits",
    type: "integer",
    default: 300,
    min: 0,
    placeholder: "SECONDS",
    description: "Taken with --cache, and without effect like it",
  },
} as const satisfies Record<string, Flag>;

const LOGS = {
  "log-level": {
    topic: "logs",
    type: "string",
    default: "info",
    choices: ["debug", "info", "warn", "error"],
    placeholder: "LEVEL",
    description: "How much is logged; debug also shows where an error came from",
    platform: "ops",
  },
  "log-level-debug-expires-at": {
    topic: "logs",
    type: "string",
    placeholder: "TIME",
    description: "With --log-level debug: the time from which on it counts as info, as 2026-01-31T08:00:00Z",
    platform: "ops",
  },
  "log-format": {
    topic: "logs",
    type: "string",
    choices: ["json", "console"],
    placeholder: "FORM",
    description: "One JSON object a line, or lines for people; by default console on a terminal, else json",
  },
  "log-path": {
    topic: "logs",
    type: "list",
    placeholder: "PATHS",
    description: "Where logs go: files, stdout or stderr (the default)",
  },
} as const satisfies Record<string, Flag>;

/** Every flag of the command line. */
export const FLAGS = {
  ...CREDENTIALS,
  ...SYNC,
  ...INCREMENTAL_FLAGS,
  ...COMPACT_FLAGS,
  ...LIMITS,
  ...PLAN_FLAGS,
  ...LOGS,
  ...PROVISION_FLAGS,
  ...LEASE_STORE_FLAGS,
  ...EVENT_FLAGS,
  ...HEALTH_FLAGS,
  ...SERVICE_FLAGS,
  ...SERVE_FLAGS,
  ...SOURCE_FLAGS,
  ...REFUSED_FLAGS,
  ...PASSED_OVER_FLAGS,
} as const satisfies Record<string, Flag>;

/** The values of the flags. */
export type FlagValues = Values<typeof FLAGS>;

/** The flags that log settings come from: every command that logs takes them. */
export const LOG_FLAGS = LOGS;
