import { CAPABILITY_NAMES } from "../../okta/doctor/capabilities.ts";
import type { Settings } from "../../runtime/config/config.ts";
import { FLAGS } from "./flags.ts";
import { LOG_FLAGS } from "./logs.ts";

/** The flags of `doctor` that no other command has. */
export const DOCTOR_OWN_FLAGS = {
  require: {
    type: "list",
    placeholder: "NAMES",
    description: `End with 3 where one of these is missing (default sync): ${CAPABILITY_NAMES.join(", ")}`,
  },
  output: {
    type: "string",
    short: "o",
    default: "table",
    choices: ["table", "json"],
    placeholder: "FORM",
    description: "The report as a table for people, or as json",
  },
} as const satisfies Settings;

/** The flags of `doctor`: those that decide how Okta is reached and what a sync would read, and its own. */
export const DOCTOR_FLAGS = {
  domain: FLAGS.domain,
  "auth-method": FLAGS["auth-method"],
  "api-token": FLAGS["api-token"],
  "okta-client-id": FLAGS["okta-client-id"],
  "okta-private-key": FLAGS["okta-private-key"],
  "okta-private-key-id": FLAGS["okta-private-key-id"],
  "sync-custom-roles": FLAGS["sync-custom-roles"],
  "sync-secrets": FLAGS["sync-secrets"],
  "sync-reach": FLAGS["sync-reach"],
  "sync-inactive-apps": FLAGS["sync-inactive-apps"],
  "rate-limit-share": FLAGS["rate-limit-share"],
  "http-timeout-seconds": FLAGS["http-timeout-seconds"],
  ...LOG_FLAGS,
  "log-level": { ...LOG_FLAGS["log-level"], default: "warn" },
  ...DOCTOR_OWN_FLAGS,
} as const satisfies Settings;

/** The flags of `keygen`. */
export const KEYGEN_FLAGS = {
  out: {
    type: "string",
    default: "okta-private-key.pem",
    placeholder: "FILE",
    description: "Where the private key is kept; a file that is there is never overwritten",
  },
  bits: {
    type: "integer",
    default: 2048,
    min: 2048,
    max: 8192,
    placeholder: "N",
    description: "The length of the key",
  },
  "log-level": LOG_FLAGS["log-level"],
} as const satisfies Settings;
