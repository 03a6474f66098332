import type { Settings } from "../../runtime/config/config.ts";
import { HEALTH_FLAGS } from "./health.ts";
import { LOG_FLAGS } from "./logs.ts";
import { SNAPSHOT_FLAGS } from "./snapshot.ts";

/** The flags of `explore` that are its own. */
export const EXPLORE_OWN_FLAGS = {
  listen: {
    type: "string",
    default: "127.0.0.1:0",
    placeholder: "HOST:PORT",
    description: "Where the page is served; port 0 takes a free one",
  },
  "no-open": { type: "boolean", description: "Print the address only, and do not open it in the browser" },
  sync: {
    type: "string",
    placeholder: "ID",
    description: "The sync in the file to begin with; else the newest finished full one",
  },
  "public-url": {
    type: "string",
    placeholder: "URL",
    description: "Where a proxy in front serves the page, as https://access.acme.example",
  },
  insecure: {
    type: "boolean",
    description: "Any address without OIDC, where whoever gets the token may see everything; http for --public-url",
  },
  "oidc-issuer": {
    type: "string",
    placeholder: "URL",
    description: "People sign in at this OpenID Connect provider, as https://acme.okta.com",
  },
  "oidc-client-id": { type: "string", placeholder: "ID", description: "What the provider knows the page as" },
  "oidc-client-secret": {
    type: "string",
    secret: true,
    placeholder: "SECRET",
    description: "The client's secret; better in BATON_OIDC_CLIENT_SECRET or a file. Without one it is a public client",
  },
  "oidc-client-secret-file": {
    type: "string",
    placeholder: "FILE",
    description: "A file that holds the client's secret",
  },
  "oidc-viewers": {
    type: "list",
    placeholder: "WHO",
    description: "Who may see everything: groups, emails, or * for whoever can sign in",
  },
  "oidc-reviewers": {
    type: "list",
    placeholder: "WHO",
    description: "Who may sign in and sees nothing of the snapshot: reviews have a page of their own (review page)",
  },
  "oidc-owners": { type: "list", placeholder: "WHO", description: "Who runs reviews: may see everything, as viewers" },
  "oidc-groups-claim": {
    type: "string",
    default: "groups",
    placeholder: "NAME",
    description: "The claim in which the provider names a person's groups",
  },
  org: { type: "string", placeholder: "HOST", description: "The org's name on the page and in what is exported" },
  file: { type: "string", short: "f", placeholder: "FILE", description: "The snapshot, where it is not named first" },
} as const satisfies Settings;

/** The flags of `explore`. */
export const EXPLORE_FLAGS = {
  ...EXPLORE_OWN_FLAGS,
  "no-cache": SNAPSHOT_FLAGS["no-cache"],
  "c1z-temp-dir": SNAPSHOT_FLAGS["c1z-temp-dir"],
  ...HEALTH_FLAGS,
  ...LOG_FLAGS,
} as const satisfies Settings;
