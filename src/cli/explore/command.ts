import type { Command } from "../command.ts";
import { EXPLORE_FLAGS } from "../flags/explore.ts";

/** `explore`, as help and completion know it. */
export const EXPLORE_COMMAND: Command = {
  summary: "Serve a page on which to look at a snapshot: who has what, why, and what changed",
  usage: ["explore FILE [--listen HOST:PORT] [--no-open] [--sync ID]"],
  about: [
    "Prints the page's address and opens it in the browser. The address lets one browser in, once; the page is served on this machine only, asks nothing of the network and changes nothing. Ctrl-C ends it.",
  ],
  examples: ["explore acme.c1z", "explore acme.c1z --listen 127.0.0.1:8088 --no-open"],
  files: true,
  flags: EXPLORE_FLAGS,
};
