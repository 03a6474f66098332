import { Failure } from "../../../runtime/failure.ts";

/**
 * The failure that says that the recipient of a secret cannot be used: `message` goes on from there, as `it names no
 * provider`.
 */
export function unusable(message: string, cause?: unknown): Failure {
  return new Failure({ kind: "invalidArgument", message, cause });
}
