import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { type Failure, isFailure } from "../../../runtime/failure.ts";
import type { PageSubject, Refusal } from "../../connector.ts";

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

/** What a page whose row names a resource is asked of. */
export function resourceSubject(type: string, { id, displayName }: Resource): PageSubject {
  const on = `${type} ${id?.resource ?? ""}`;
  return { what: `who holds ${on}${displayName === "" ? "" : ` "${displayName}"`}`, on };
}

/** What is reported of an object that is left as not readable. Each is named, however many there are. */
export function unreadable({ what, on }: PageSubject, error: Failure): Refusal {
  const requestId = error.answer?.requestId;
  return { sort: "unreadable", what, why: error.message, on, ...(requestId !== undefined && { requestId }) };
}
