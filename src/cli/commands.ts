import type { Settings } from "../runtime/config/config.ts";
import { CHANGE_COMMANDS } from "./change/commands.ts";
import type { Command } from "./command.ts";
import { EXPLORE_COMMAND } from "./explore/command.ts";
import { DOCTOR_FLAGS, KEYGEN_FLAGS } from "./flags/doctor.ts";
import { EVENTS_FLAGS } from "./flags/events.ts";
import { FLAGS } from "./flags/flags.ts";
import { HEALTH_CHECK_FLAGS } from "./flags/health.ts";
import { LOG_FLAGS } from "./flags/logs.ts";
import { SNAPSHOT_FLAGS } from "./flags/snapshot.ts";
import { CLEANUP_COMMAND } from "./leases/cleanup/command.ts";
import { LEASES_COMMAND } from "./leases/command.ts";
import { ROTATE_COMMAND } from "./leases/rotate/command.ts";
import { REVIEW_COMMAND } from "./review/command.ts";
import { SCIM_COMMAND } from "./scim/command.ts";

/** Taken by every command that reads no configuration. */
const DEBUG = { "log-level": LOG_FLAGS["log-level"] } as const satisfies Settings;

/** The flags of `sandbox`. */
export const SANDBOX_FLAGS = {
  port: {
    type: "integer",
    default: 8080,
    min: 0,
    max: 65535,
    placeholder: "PORT",
    description: "The port to listen on; 0 takes a free one",
  },
  host: { type: "string", default: "127.0.0.1", placeholder: "HOST", description: "The address to listen on" },
  users: {
    type: "integer",
    min: 0,
    max: 5_000_000,
    placeholder: "N",
    description: "How many users the org has (default 500)",
  },
  groups: { type: "integer", min: 0, max: 1_000_000, placeholder: "N", description: "How many groups (default 60)" },
  apps: { type: "integer", min: 0, max: 1_000_000, placeholder: "N", description: "How many apps (default 12)" },
  seed: { type: "integer", placeholder: "N", description: "The same seed makes the same org (default 1)" },
  org: { type: "string", placeholder: "FILE", description: "Serve this org (JSON) instead of a made-up one" },
  latency: {
    type: "number",
    default: 0,
    min: 0,
    max: 60_000,
    placeholder: "MS",
    description: "How long every answer takes, in milliseconds",
  },
  limits: {
    type: "string",
    default: "default",
    placeholder: "default|integrator|enterprise|off|FACTOR",
    description:
      "Okta's rate limits for a Workforce org (default), for one of another kind, none, or the default times a factor",
  },
  faults: {
    type: "number",
    default: 0,
    min: 0,
    max: 1,
    placeholder: "RATE",
    description: "The part of the requests that fail: errors, refusals, broken and hanging connections",
  },
  auth: {
    type: "string",
    default: "token",
    choices: ["token", "oauth", "dpop"],
    placeholder: "KIND",
    description: "How callers sign in: with an API token, with OAuth, or with OAuth and DPoP",
  },
  "search-lag": {
    type: "number",
    default: 0,
    min: 0,
    max: 86_400,
    placeholder: "SECONDS",
    description: "How late search sees a change of a user or group; filter sees it at once",
  },
  "log-delay": {
    type: "number",
    default: 0,
    min: 0,
    max: 86_400,
    placeholder: "SECONDS",
    description: "How late the system log may have an event, in whatever order",
  },
  churn: {
    type: "number",
    default: 0,
    min: 0,
    max: 1_000_000,
    placeholder: "N",
    description: "Change the org N times a minute, at random; POST /__sandbox/churn?n=N changes it at once",
  },
  "governed-roles": {
    type: "string",
    default: "unlisted",
    choices: ["unlisted", "id", "type"],
    placeholder: "FORM",
    description:
      "How /iam/roles lists Workflows, Access Requests and Access Certifications Administrator: not, by id or by type",
  },
  "tls-cert": { type: "string", placeholder: "FILE", description: "Serve https with this certificate (PEM)" },
  "tls-key": { type: "string", placeholder: "FILE", description: "The certificate's key (PEM)" },
  ...DEBUG,
} as const satisfies Settings;

/** The flags of `demo`. */
export const DEMO_FLAGS = {
  file: { type: "string", short: "f", default: "demo.c1z", placeholder: "FILE", description: "The snapshot to write" },
  users: { type: "integer", default: 200, min: 1, max: 1_000_000, placeholder: "N", description: "How many users" },
  seed: { type: "integer", default: 1, placeholder: "N", description: "The same seed makes the same org" },
  ...DEBUG,
} as const satisfies Settings;

/** Every command, in the order of the overview. Their code is named in program.ts, which loads it. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  sync: {
    summary: "Read the org into a snapshot; what runs when no command is named",
    usage: ["[sync] --domain HOST --api-token TOKEN [-f FILE]", "[sync] [flags]; see the topics"],
    about: [
      "Reads the org into one .c1z file. Stop it with Ctrl-C and start it again with the same command: it goes on where it was.",
      "Every flag may also come from the environment or a file; see help configuration.",
    ],
    examples: [
      "--domain acme.okta.com -f acme.c1z   (with BATON_API_TOKEN set)",
      "--domain acme.okta.com --sync-custom-roles --sync-secrets",
    ],
    flags: FLAGS,
  },
  snapshot: {
    summary: "Look into a snapshot: who has what and why, what changed, what is dangerous",
    usage: [
      "snapshot show FILE",
      "snapshot access FILE USER",
      "snapshot who FILE ENTITLEMENT|RESOURCE",
      "snapshot compare FILE USER USER",
      "snapshot what-if FILE --remove group:ID",
      "snapshot grants FILE [-t TYPE] [--resource TYPE:ID] [--principal TYPE:ID] [--entitlement ID]",
      "snapshot resources FILE [-t TYPE]",
      "snapshot entitlements FILE [-t TYPE] [--resource TYPE:ID]",
      "snapshot resource-types FILE",
      "snapshot syncs FILE",
      "snapshot findings FILE [-o sarif|ocsf] [--fail-on SEVERITY] [--suppressions FILE]",
      "snapshot diff [OLD] NEW [-o json|csv] [--limit N]",
      "snapshot export FILE [--format csv|xlsx|jsonl|json|parquet|ocsf|opengraph|openfga] [DIR]",
    ],
    about: [
      "Users are named by login, email, name or id; resources as TYPE:ID or by name. FILE may also be given as --file. Any snapshot of the SQLite engine can be read, whoever wrote it.",
      "Why somebody has something is stated by Okta or deduced from what it states (a member of a group has what the group has); what neither shows is said to be not known.",
    ],
    examples: [
      "snapshot access acme.c1z ada@acme.example",
      "snapshot who acme.c1z role:SUPER_ADMIN",
      "snapshot what-if acme.c1z --remove group:00g1abcd -o csv",
      "snapshot findings acme.c1z --fail-on high --suppressions accepted.yaml",
      "snapshot diff january.c1z february.c1z",
    ],
    words: [
      "show",
      "access",
      "who",
      "compare",
      "what-if",
      "findings",
      "grants",
      "resources",
      "entitlements",
      "resource-types",
      "syncs",
      "diff",
      "export",
    ],
    files: true,
    flags: SNAPSHOT_FLAGS,
  },
  explore: EXPLORE_COMMAND,
  review: REVIEW_COMMAND,
  serve: {
    summary: "Serve the connector over gRPC, for platforms and other programs that know Baton",
    usage: ["serve --listen HOST:PORT [--tls-cert FILE --tls-key FILE] [--auth-token-file FILE] [flags]"],
    about: [
      "Serves every Baton service, health and reflection until Ctrl-C. Nothing is changed in Okta without --provisioning.",
      "Without TLS only a loopback address is served, unless --insecure is said. Any number of processes may serve the same org: page tokens of one are good for all.",
    ],
    examples: [
      "serve --domain acme.okta.com --listen 0.0.0.0:50051 --tls-cert tls.crt --tls-key tls.key --auth-token-file token",
      "sync --connector 127.0.0.1:50051 -f acme.c1z",
    ],
    flags: FLAGS,
  },
  ...CHANGE_COMMANDS,
  leases: LEASES_COMMAND,
  cleanup: CLEANUP_COMMAND,
  rotate: ROTATE_COMMAND,
  scim: SCIM_COMMAND,
  demo: {
    summary: "Start an org in memory, sync it, and show what is in it",
    usage: ["demo [-f FILE] [--users N] [--seed N]"],
    flags: DEMO_FLAGS,
  },
  sandbox: {
    summary: "Serve an Okta org in memory, to try this or any other Okta client on",
    usage: ["sandbox [--port 8080] [--users N --groups N --apps N --seed N | --org FILE] [flags]"],
    about: [
      "Prints its address and how to sign in, then serves until Ctrl-C. It answers like Okta: pages, rate limits, errors, OAuth. Nothing is stored.",
    ],
    examples: ["sandbox --users 5000 --latency 40", "sandbox --auth dpop --limits 0.5 --faults 0.05"],
    flags: SANDBOX_FLAGS,
  },
  events: {
    summary: "Print what happened in the org, from its system log, one JSON object a line",
    usage: ["events [--follow] [--since TIME] [--cursor CURSOR | --cursor-file FILE] [flags]"],
    about: [
      "It is the same as --event-feed with its longer flags (--event-feed-start-at, --event-feed-cursor and so on). Those of help credentials, logs and observability are taken too.",
      "At the end the cursor to go on from is printed on standard error; nothing that happens in between is lost.",
    ],
    examples: ["events --since 6h", "events --follow --cursor-file okta-events.cursor"],
    flags: EVENTS_FLAGS,
  },
  "health-check": {
    summary: "Ask the program that runs on this machine with --health-check how it is",
    usage: ["health-check [--endpoint health|ready|live] [--timeout 5]"],
    flags: HEALTH_CHECK_FLAGS,
  },
  doctor: {
    summary: "Say what these credentials can do, and what a sync would take",
    usage: ["doctor --domain HOST --api-token TOKEN [-o table|json] [--require sync,provision-groups]"],
    about: [
      "It sends nothing but reads, so nothing in Okta is changed. It ends with 0 where all that is required is there, wholly or in part, and with 3 where something is missing or cannot be told.",
    ],
    examples: [
      "doctor --domain acme.okta.com   (with BATON_API_TOKEN set)",
      "doctor --domain acme.okta.com --require sync,review-admin-roles,provision-groups -o json",
    ],
    flags: DOCTOR_FLAGS,
  },
  keygen: {
    summary: "Make a key pair for an OAuth app in Okta",
    usage: ["keygen [--out FILE] [--bits 2048]"],
    about: ["Prints the public key as the JWK that Okta takes. The private key is kept in a file and never shown."],
    flags: KEYGEN_FLAGS,
  },
  config: {
    summary: "Print the settings that a platform may ask for, as JSON",
    usage: ["config"],
    flags: DEBUG,
  },
  completion: {
    summary: "Print a script that completes commands and flags in your shell",
    usage: ["completion bash|zsh|fish|powershell"],
    about: [
      "bash: add `source <(baton-okta completion bash)` to ~/.bashrc.",
      "zsh: write it to a file named _baton-okta in a directory of $fpath.",
      "fish: write it to ~/.config/fish/completions/baton-okta.fish.",
      "PowerShell: add `baton-okta completion powershell | Out-String | Invoke-Expression` to your $PROFILE.",
    ],
    words: ["bash", "zsh", "fish", "powershell"],
    flags: DEBUG,
  },
  help: {
    summary: "Explain a command or a topic",
    usage: ["help [COMMAND | TOPIC]"],
    flags: DEBUG,
  },
};
