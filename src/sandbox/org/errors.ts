import { ApiError } from "./api-error.ts";

/** Okta's `E0000001`: `what` names what was refused, each cause says why. */
export function invalid(what: string, causes: readonly string[]): ApiError {
  return new ApiError(400, "E0000001", `Api validation failed: ${what}`, causes);
}

/** Okta's `E0000007`: `type` is the name of the missing thing's class, as `User`. */
export function notFound(id: string, type: string): ApiError {
  return new ApiError(404, "E0000007", `Not found: Resource not found: ${id} (${type})`);
}

/** Okta's `E0000006`. */
export function forbidden(): ApiError {
  return new ApiError(403, "E0000006", "You do not have permission to perform the requested action");
}

/** Okta's `E0000031`: a `search` or `filter` that it cannot read, or does not support. */
export function badSearch(cause?: string): ApiError {
  return new ApiError(400, "E0000031", "Invalid search criteria.", cause === undefined ? [] : [cause]);
}

/** Okta's `E0000060`: what cannot be done to this kind of object. */
export function unsupported(): ApiError {
  return new ApiError(501, "E0000060", "Unsupported operation.");
}
