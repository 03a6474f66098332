import type { Platform } from "../../baton/service/platform/platform.ts";
import { Failure, type FailureKind, isFailure } from "../../runtime/failure.ts";
import type { Check } from "../../runtime/http/health.ts";

/** Failures that say that the platform is away, or does not know who asks. Any other is an answer to what was asked. */
const AWAY: readonly FailureKind[] = ["unavailable", "deadlineExceeded", "unauthenticated", "permissionDenied"];

/**
 * The same platform, and a check of whether it is there, which asks for nothing itself: the service talks to it all the
 * time, and how the last call ended is how it is.
 */
export function watched(platform: Platform): { readonly platform: Platform; readonly check: Check } {
  let wrong: Failure | undefined = new Failure({ kind: "unavailable", message: "the platform has not answered yet" });
  const heard = (error?: unknown) => {
    if (error === undefined) wrong = undefined;
    else if (isFailure(error)) wrong = AWAY.includes(error.kind) ? error : undefined;
  };
  return {
    platform: {
      ...platform,
      async call(...args) {
        try {
          const answer = await platform.call(...args);
          heard();
          return answer;
        } catch (error) {
          heard(error);
          throw error;
        }
      },
    },
    check: async () => {
      if (wrong !== undefined) throw wrong;
    },
  };
}
