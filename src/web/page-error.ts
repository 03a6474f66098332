import type { ApiError } from "./api/contract.ts";

const STATUSES = {
  badRequest: 400,
  signInNeeded: 401,
  notAllowed: 403,
  notFound: 404,
  methodNotAllowed: 405,
  tooLarge: 413,
  wrongHost: 421,
  tooMany: 429,
  failed: 500,
} as const;

/** What a request is refused with: words for the person who sees them. */
export class PageError extends Error {
  readonly code: ApiError["error"]["code"];

  constructor(code: ApiError["error"]["code"], message: string) {
    super(message);
    this.name = "PageError";
    this.code = code;
  }

  /** The HTTP status. */
  get status(): (typeof STATUSES)[keyof typeof STATUSES] {
    return STATUSES[this.code];
  }

  get body(): ApiError {
    return { error: { code: this.code, message: this.message } };
  }
}
