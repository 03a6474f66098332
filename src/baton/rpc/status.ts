import { create, fromBinary } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { type Status, StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { type Answer, Failure, type FailureKind, isFailure } from "../../runtime/failure.ts";
import type { RateLimit } from "../connector.ts";
import { pack } from "../model/annotations.ts";
import { RefusedPage } from "./refused-page.ts";
import { rateLimitMessages } from "./server/rate-limit.ts";

/** The gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** A gRPC status code. */
export type Code = (typeof Code)[keyof typeof Code];

/** Which code each kind of failure has on the wire: the one place where that is said. */
const CODES: Readonly<Record<FailureKind, Code>> = {
  usage: Code.INVALID_ARGUMENT,
  invalidArgument: Code.INVALID_ARGUMENT,
  badCursor: Code.INVALID_ARGUMENT,
  unauthenticated: Code.UNAUTHENTICATED,
  permissionDenied: Code.PERMISSION_DENIED,
  notFound: Code.NOT_FOUND,
  alreadyExists: Code.ALREADY_EXISTS,
  failedPrecondition: Code.FAILED_PRECONDITION,
  notASnapshot: Code.FAILED_PRECONDITION,
  newerSnapshot: Code.FAILED_PRECONDITION,
  unimplemented: Code.UNIMPLEMENTED,
  unavailable: Code.UNAVAILABLE,
  deadlineExceeded: Code.DEADLINE_EXCEEDED,
  cancelled: Code.CANCELLED,
  resourceExhausted: Code.RESOURCE_EXHAUSTED,
  internal: Code.INTERNAL,
};

/** The code of a failure; anything that is no {@link Failure} is `INTERNAL`. */
export function codeOf(error: unknown): Code {
  return isFailure(error) ? CODES[error.kind] : Code.INTERNAL;
}

/** The name of a code, as `NOT_FOUND`. */
export function codeName(code: number): string {
  return Object.entries(Code).find(([, value]) => value === code)?.[0] ?? String(code);
}

/** After how long an unavailable other side may be tried again, where nobody says. */
const RETRY_MS = 5_000;
/** HTTP/2 bounds what stands beside a status, so a text is cut to this many characters. */
const MAX_MESSAGE_LENGTH = 1_500;

/** What a status is made with. */
export interface StatusOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Who speaks in `ErrorInfo`, as `acme.okta.com`. */
  readonly domain?: string;
  /** What the last answer of the call said of the rate limit. */
  readonly seen?: RateLimit | undefined;
}

/**
 * An error as a `google.rpc.Status`: the code, words for people, and details for programs. Never a stack, and of what
 * is no {@link Failure} not even its text, which may say anything.
 */
export function statusOf(error: unknown, options: StatusOptions): Status {
  if (!isFailure(error)) {
    return create(StatusSchema, { code: Code.INTERNAL, message: "an unexpected error; the server's log says more" });
  }
  return create(StatusSchema, { code: codeOf(error), message: textOf(error), details: detailsOf(error, options) });
}

function textOf({ message, attempted, advice }: Failure): string {
  const text = `${message}${attempted === undefined ? "" : ` (${attempted})`}${advice === undefined ? "" : `; ${advice}`}`;
  return cut(text.replace(/\s+/g, " ").trim());
}

function cut(text: string): string {
  return text.length > MAX_MESSAGE_LENGTH
    ? `${text.slice(0, MAX_MESSAGE_LENGTH)}…`.toWellFormed()
    : text.toWellFormed();
}

function detailsOf(failure: Failure, { now, domain, seen }: StatusOptions): Any[] {
  const details: Any[] = [];
  const code = codeOf(failure);
  if (code === Code.INVALID_ARGUMENT && failure.field !== undefined) {
    const violation = { field: failure.field, description: cut(failure.message) };
    details.push(pack(BadRequestSchema, { fieldViolations: [violation] }));
  }
  if (code === Code.UNAVAILABLE) {
    details.push(pack(RetryInfoSchema, { retryDelay: durationFromMs(Math.max(0, failure.retryAfterMs ?? RETRY_MS)) }));
    if (isForLimit(failure)) {
      const resetAt = failure.retryAfterMs === undefined ? seen?.resetAt : now + failure.retryAfterMs;
      details.push(...rateLimitMessages({ limit: seen?.limit ?? 0, remaining: 0, resetAt: resetAt ?? now + RETRY_MS }));
    }
  }
  if (failure instanceof RefusedPage) details.push(pack(ErrorInfoSchema, refusedInfo(failure, domain)));
  else if (failure.answer !== undefined) details.push(pack(ErrorInfoSchema, errorInfo(failure.answer, code, domain)));
  return details;
}

/** Whether a limit is the reason: it was answered so, or no request was sent, as the answer was known. */
function isForLimit({ answer, retryAfterMs }: Failure): boolean {
  return answer === undefined ? retryAfterMs !== undefined : answer.status === 429;
}

function errorInfo({ status, code, summary, requestId }: Answer, rpc: Code, domain = "baton") {
  const metadata = Object.entries({ errorCode: code, requestId, httpStatus: status?.toString(), summary });
  return {
    reason: code ?? codeName(rpc),
    domain,
    metadata: Object.fromEntries(metadata.flatMap(([key, value]) => (value === undefined ? [] : [[key, cut(value)]]))),
  };
}

/** Marks the refusal of one page of a list that could be gone on with. */
const REFUSED_PAGE = "PAGE_REFUSED";
/** A token that is longer would not fit beside a status. */
const MAX_TRAILING_TOKEN_LENGTH = 4_000;

/** What a client goes on with, which is to stay as it is. */
const PAGE_TOKEN = "nextPageToken";

function refusedInfo({ refusal, nextPageToken }: RefusedPage, domain = "baton") {
  const { what, why, on, requestId } = refusal;
  const fits = nextPageToken.length <= MAX_TRAILING_TOKEN_LENGTH;
  return {
    reason: fits ? REFUSED_PAGE : "PERMISSION_DENIED",
    domain,
    metadata: {
      what: cut(what),
      why: cut(why),
      ...(on === undefined ? {} : { on: cut(on) }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(fits ? { nextPageToken } : {}),
    },
  };
}

const KINDS: Readonly<Partial<Record<number, FailureKind>>> = {
  [Code.CANCELLED]: "cancelled",
  [Code.INVALID_ARGUMENT]: "invalidArgument",
  [Code.DEADLINE_EXCEEDED]: "deadlineExceeded",
  [Code.NOT_FOUND]: "notFound",
  [Code.ALREADY_EXISTS]: "alreadyExists",
  [Code.PERMISSION_DENIED]: "permissionDenied",
  [Code.RESOURCE_EXHAUSTED]: "resourceExhausted",
  [Code.FAILED_PRECONDITION]: "failedPrecondition",
  [Code.ABORTED]: "unavailable",
  [Code.OUT_OF_RANGE]: "invalidArgument",
  [Code.UNIMPLEMENTED]: "unimplemented",
  [Code.UNAVAILABLE]: "unavailable",
  [Code.UNAUTHENTICATED]: "unauthenticated",
};

/** A status as a {@link Failure}, with what its details say; its texts pass through `scrub`. */
export function failureOfStatus(
  status: Pick<Status, "code" | "message" | "details">,
  attempted: string,
  scrub: (text: string) => string = (text) => text,
): Failure {
  const retry = detail(status.details, RetryInfoSchema);
  const info = detail(status.details, ErrorInfoSchema);
  const field = detail(status.details, BadRequestSchema)?.fieldViolations[0]?.field;
  const message = scrub(status.message);
  const metadata = Object.fromEntries(
    Object.entries(info?.metadata ?? {}).map(([name, text]) => [name, name === PAGE_TOKEN ? text : scrub(text)]),
  );
  if (info?.reason === REFUSED_PAGE && metadata.what !== undefined) {
    const { what, why = message, on, requestId, [PAGE_TOKEN]: nextPageToken = "" } = metadata;
    return new RefusedPage({ what, why, ...(on ? { on } : {}), ...(requestId ? { requestId } : {}) }, nextPageToken);
  }
  const answer: Answer = { code: metadata.errorCode || codeName(status.code) };
  if (metadata.requestId) answer.requestId = metadata.requestId;
  return new Failure({
    kind: KINDS[status.code] ?? "internal",
    message: message || codeName(status.code),
    attempted,
    answer,
    ...(field ? { field: scrub(field) } : {}),
    ...(retry?.retryDelay ? { retryAfterMs: durationMs(retry.retryDelay) } : {}),
  });
}

/** The bytes of a `grpc-status-details-bin` trailer; nothing where they are none. */
export function readStatus(bytes: Uint8Array): Status | undefined {
  try {
    return fromBinary(StatusSchema, bytes);
  } catch {
    return undefined;
  }
}

/** The first detail of a type. */
export function detail<Desc extends typeof RetryInfoSchema | typeof ErrorInfoSchema | typeof BadRequestSchema>(
  details: readonly Any[],
  schema: Desc,
) {
  const any = details.find((one) => anyIs(one, schema));
  try {
    return any && anyUnpack(any, schema);
  } catch {
    return undefined;
  }
}
