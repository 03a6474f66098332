import type { Command } from "../command.ts";
import { CHANGE_FLAGS } from "../flags/provision.ts";
import { REVIEW_OWN_FLAGS } from "../flags/review.ts";

const { "encrypt-to": _, ...HOW } = CHANGE_FLAGS;

/** `review`, as help and completion know it. */
export const REVIEW_COMMAND: Command = {
  summary: "Review access from start to proof: decide, revoke, keep the evidence",
  usage: [
    "review start --name TEXT -f FILE --dir DIR --scope TYPE:ID... [--findings high] [--changed-since DIR]",
    "review status --dir DIR [-o json]",
    "review sheet --dir DIR --out FOLDER [--format xlsx|csv] [--reviewer EMAIL]",
    "review decide --dir DIR SHEET...",
    "review delegate --dir DIR --from EMAIL|nobody --to EMAIL [--item ID]... [--reason TEXT]",
    "review page --dir DIR [--listen HOST:PORT]",
    "review apply --dir DIR [--yes | --dry-run] [-f LATER]",
    "review close --dir DIR [--key FILE]",
    "review verify --dir DIR [--key FILE] [-o json]",
  ],
  about: [
    "start freezes who holds what, with why, last sign-in and findings, and names who decides on each: the manager, the owner, a file, a fallback. Nobody decides on their own access; what is no person goes to owners. Only apply and start --granted-from-log talk to Okta.",
    "apply takes away what was decided to go, reads what Okta shows afterwards and keeps it. What comes through a group or rule is not taken from the person: the item says what has to change. apply -f LATER holds a later snapshot against it.",
    "The folder can be read without this program; verify says what was changed in it, and where. It ends with 1 where anything was.",
  ],
  examples: [
    "review start --name 'Q4 admins' -f acme.c1z --dir reviews/q4 --scope 'role:*' --fallback ciso@acme.example",
    "review sheet --dir reviews/q4 --out sheets",
    "review decide --dir reviews/q4 sheets/*.xlsx",
    "review apply --dir reviews/q4 --yes --audit-log audit.jsonl",
    "review close --dir reviews/q4 --key review-key.pem",
  ],
  words: ["start", "status", "sheet", "decide", "delegate", "page", "apply", "close", "verify"],
  files: true,
  flags: {
    ...REVIEW_OWN_FLAGS,
    ...HOW,
    output: {
      type: "string",
      short: "o",
      default: "text",
      choices: ["text", "json"],
      placeholder: "FORM",
      description: "The result for people, or as json",
    },
  },
};
