import type { Flag } from "./flag.ts";

/** How the program signs in to Okta. */
export const CREDENTIAL_FLAGS = {
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
