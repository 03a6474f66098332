import { Failure } from "../../../runtime/failure.ts";

/** The failure that says that the rotation of the program's own credentials cannot be rehearsed. */
export function noRehearsal(what: "oauth-key" | "api-token"): Failure {
  return new Failure({
    kind: "usage",
    message: `rotate ${what} takes no --dry-run: each step follows from what Okta answers to the one before`,
    advice: "leave it out; until the new one is proved to work nothing of the old one is touched",
  });
}
