import { type Failure, isFailure } from "../runtime/failure.ts";

/** The program's exit codes: the one place that defines them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  credentials: 3,
  interrupted: 4,
  findings: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, for help. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.done]: "done",
  [EXIT.failed]: "failed",
  [EXIT.usage]: "wrong usage: a flag, a setting or an argument",
  [EXIT.credentials]:
    "credentials or permissions: Okta did not let the program in, or not far enough; or a snapshot that is not complete",
  [EXIT.interrupted]: "interrupted; the same command goes on where it stopped",
  [EXIT.findings]: "snapshot findings found what --fail-on or --fail-on-unknown name",
};

/** The exit code that an error ends the program with. */
export function exitCodeOf(error: unknown): ExitCode {
  return isFailure(error) ? codeOf(error) : EXIT.failed;
}

function codeOf(failure: Failure): ExitCode {
  switch (failure.kind) {
    case "usage":
      return EXIT.usage;
    case "invalidArgument":
      // Refused before anything was asked: it is what was typed. Refused by the other side: the run failed.
      return failure.answer === undefined ? EXIT.usage : EXIT.failed;
    case "unauthenticated":
    case "permissionDenied":
      return EXIT.credentials;
    case "cancelled":
      return EXIT.interrupted;
    default:
      return EXIT.failed;
  }
}
