/**
 * The kinds of failure that callers tell apart. They follow the gRPC codes, into which `baton/rpc` maps them, and
 * from which `cli` derives exit codes; `badCursor`, `notASnapshot` and `newerSnapshot` are ours.
 */
export type FailureKind =
  | "usage"
  | "invalidArgument"
  | "unauthenticated"
  | "permissionDenied"
  | "notFound"
  | "alreadyExists"
  | "failedPrecondition"
  | "unimplemented"
  | "unavailable"
  | "deadlineExceeded"
  | "cancelled"
  | "resourceExhausted"
  | "badCursor"
  | "notASnapshot"
  | "newerSnapshot"
  | "internal";

/** What the other side answered, as far as it helps whoever reads the failure. */
export interface Answer {
  /** HTTP status. */
  status?: number;
  /** Okta's `errorCode`, as `E0000006`. */
  code?: string;
  /** Okta's `errorSummary` and `errorCauses`, joined. */
  summary?: string;
  /** Okta's `x-okta-request-id`. */
  requestId?: string;
}

/** What a failure is made of: each text is one short phrase without a full stop. */
export interface FailureOptions {
  kind: FailureKind;
  /** What went wrong, in words for the person who ran the program. */
  message: string;
  /** What was attempted, as `GET /api/v1/users`. */
  attempted?: string;
  /** What to do about it. */
  advice?: string;
  answer?: Answer;
  /** The field of the request that is wrong, as `resource.id`. */
  field?: string;
  /** Milliseconds after which another try makes sense. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** The one error class of the program: what was attempted, what was answered, what to do about it. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly attempted: string | undefined;
  readonly advice: string | undefined;
  readonly answer: Answer | undefined;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: FailureOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Failure";
    this.kind = options.kind;
    this.attempted = options.attempted;
    this.advice = options.advice;
    this.answer = options.answer;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `error` is a {@link Failure}, of the given kind where one is given. */
export function isFailure(error: unknown, kind?: FailureKind): error is Failure {
  return error instanceof Failure && (kind === undefined || error.kind === kind);
}
