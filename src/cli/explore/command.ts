import type { Command } from "../command.ts";
import { EXPLORE_FLAGS } from "../flags/explore.ts";

/** `explore`, as help and completion know it. */
export const EXPLORE_COMMAND: Command = {
  summary: "Serve a page on which to look at a snapshot: who has what, why, and what changed",
  usage: [
    "explore FILE [--listen HOST:PORT] [--no-open] [--sync ID]",
    "explore FILE --listen HOST:PORT --public-url URL --oidc-issuer URL --oidc-client-id ID --oidc-viewers WHO",
  ],
  about: [
    "Prints the page's address and opens it in the browser. The address lets one browser in, once; the page is served on this machine only, asks nothing of the network and changes nothing. Ctrl-C ends it.",
    "For more than one person it is served behind a proxy that brings TLS, and people sign in at an OpenID Connect provider, such as Okta. Any address but this machine's own needs that. Who may do what is said by groups or emails.",
  ],
  examples: [
    "explore acme.c1z",
    "explore acme.c1z --listen 127.0.0.1:8088 --no-open",
    "explore acme.c1z --listen 0.0.0.0:8080 --public-url https://access.acme.example --oidc-issuer https://acme.okta.com --oidc-client-id 0oa1 --oidc-viewers Security,ciso@acme.example",
  ],
  files: true,
  flags: EXPLORE_FLAGS,
};
