import type { Flag } from "./flag.ts";

/** What a sync reads, and where it writes. */
export const SYNC_FLAGS = {
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
    description: "What is printed on standard output, as text or as json",
  },
} as const satisfies Record<string, Flag>;
