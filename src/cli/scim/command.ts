import type { Settings } from "../../runtime/config/config.ts";
import type { Command } from "../command.ts";
import { HEALTH_FLAGS } from "../flags/health.ts";
import { LOG_FLAGS } from "../flags/logs.ts";
import { SCIM_OWN_FLAGS } from "../flags/scim.ts";

/** The flags of `scim`. */
export const SCIM_FLAGS = { ...SCIM_OWN_FLAGS, ...HEALTH_FLAGS, ...LOG_FLAGS } as const satisfies Settings;

/** `scim`, as help and completion know it. */
export const SCIM_COMMAND: Command = {
  summary: "Receive what Okta pushes (SCIM 2.0), and compare it with what Okta says",
  usage: [
    "scim --listen HOST:PORT --store FILE|postgres://... --token-file FILE [--tls-cert FILE --tls-key FILE]",
    "scim check -f SNAPSHOT [--store FILE|postgres://...] [-o text|json]",
    "scim token NAME [--token-file FILE] [--expires DAY]",
  ],
  about: [
    "Serves SCIM at /scim/v2 until Ctrl-C. Nothing is answered before it is on the disk. What was pushed is read with sync --source scim, serve --source scim and in service mode.",
    "check ends with 1 where something pushed differs from Okta in a way that it should not. token makes a token, shows it once and keeps its hash.",
  ],
  examples: [
    "scim token okta --token-file tokens --expires 2027-01-31",
    "scim --listen 0.0.0.0:8443 --store scim.db --token-file tokens --tls-cert tls.crt --tls-key tls.key",
    "scim check -f acme.c1z --store scim.db",
    "sync --source scim --store scim.db -f pushed.c1z",
  ],
  words: ["check", "token"],
  flags: SCIM_FLAGS,
};
