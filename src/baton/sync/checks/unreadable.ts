import { type Failure, isFailure } from "../../../runtime/failure.ts";
import type { Refusal, ResourceTypeSupport } from "../../connector.ts";
import type { Lane } from "../plan.ts";

/** Objects that are left out at most: where more of them fail, it is not the objects' fault, and the sync fails. */
export const MAX_UNREADABLE = 100;

/**
 * Whether reading failed for what it was asked of, and not for the network or the credentials as a whole: the other side
 * answered, with a refusal, with a failure of its own (500 and above), or with what nothing follows from.
 */
export function isAnsweredWithFailure(error: unknown): error is Failure {
  if (!isFailure(error)) return false;
  const status = error.answer?.status ?? 0;
  const isOdd = error.kind === "unavailable" && status !== 0 && status !== 429;
  return error.kind === "permissionDenied" || status >= 500 || isOdd;
}

/** Whether a page of a lane may be left out as not readable. */
export function isUnreadable(lane: Lane, error: unknown): error is Failure {
  return (lane.operation === "grants" || lane.operation === "entitlements") && isAnsweredWithFailure(error);
}

/** What is told of a resource that is left as not readable. Each resource is named, however many there are. */
export function unreadable(
  support: ResourceTypeSupport,
  resource: { readonly id: string; readonly name: string },
  error: Failure,
): Refusal {
  const name = resource.name === "" ? "" : ` "${resource.name}"`;
  const requestId = error.answer?.requestId;
  return {
    sort: "unreadable",
    what: `who holds ${support.type.id} ${resource.id}${name}`,
    why: error.message,
    on: `${support.type.id} ${resource.id}`,
    ...(requestId !== undefined && { requestId }),
  };
}
