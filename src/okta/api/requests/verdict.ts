import type { RateLimit } from "../../../baton/connector.ts";
import { Failure } from "../../../runtime/failure.ts";
import { isForeignNotFound, isWebPage, parseErrorAnswer } from "../errors.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { MAX_FOREIGN_NOT_FOUND_TRIES, MAX_FORM_TRIES, TRANSIENT } from "../http/retry.ts";
import type { WireAnswer } from "../http/transport.ts";
import { FINAL_REASONS, type TransportError } from "../http/transport-error.ts";
import type { Outcome } from "../limits/gate.ts";
import type { RateLimitHeaders } from "../limits/headers.ts";
import { UnexpectedShape } from "../pages/unexpected-shape.ts";

/** What follows from one try. */
export type Verdict =
  | { readonly kind: "final" }
  | { readonly kind: "renewed" }
  /** `waitMs`: how long at least to wait; absent where the gate knows. */
  | { readonly kind: "refused"; readonly waitMs: number | undefined }
  | {
      readonly kind: "again";
      readonly reason: string;
      readonly failure: Failure | undefined;
      /** Whether the try may have taken effect. */
      readonly mayHaveArrived: boolean;
      /** Tries after which this is final; {@link MAX_TRIES} by default. */
      readonly maxTries?: number;
    };

/** A try that was answered, and what is known of it. */
export interface AnsweredTry {
  readonly request: ApiRequest;
  readonly answer: WireAnswer;
  readonly outcome: Outcome;
  /** Whether the answer gave something new to send, as a nonce. */
  readonly renewed: boolean;
  /** As messages name the request. */
  readonly attempted: string;
  /** Whether Okta has answered a request with a success before. */
  readonly succeeded: boolean;
  readonly limits: RateLimitHeaders;
  /** Takes secrets out of what was answered. */
  readonly scrub: (text: string) => string;
}

/** What follows from an answer: it is final, or the same is sent again. */
export function judge({
  request,
  answer,
  outcome,
  renewed,
  attempted,
  succeeded,
  limits,
  scrub,
}: AnsweredTry): Verdict {
  if (outcome.kind === "crowded" || outcome.kind === "limited") {
    // Where the bucket knows when its window ends, the gate does the waiting.
    const known = outcome.kind === "limited" && outcome.until !== undefined;
    return { kind: "refused", waitMs: known ? undefined : (limits.retryAfterOf(answer) ?? 0) };
  }
  if (renewed) {
    return { kind: "renewed" };
  }
  if (request.repeatable && TRANSIENT.has(answer.status)) {
    return { kind: "again", reason: String(answer.status), failure: undefined, mayHaveArrived: true };
  }
  // A web page as the very first answer: more likely a wrong domain than a bad moment.
  if (request.repeatable && isForeignNotFound(answer) && (succeeded || !isWebPage(answer))) {
    const maxTries = MAX_FOREIGN_NOT_FOUND_TRIES;
    return { kind: "again", reason: String(answer.status), failure: undefined, mayHaveArrived: false, maxTries };
  }
  if (request.take !== undefined && answer.status === 200) {
    try {
      request.take(answer);
    } catch (cause) {
      if (isWebPage(answer)) {
        return { kind: "final" };
      }
      const isForm = cause instanceof UnexpectedShape;
      const failure = new Failure({
        kind: "unavailable",
        message: `Okta's answer is corrupt: ${isForm ? cause.message : "it is no JSON, or not of the form described"}`,
        attempted,
        answer: parseErrorAnswer(answer, scrub),
        // A parser quotes what it cannot read, which may be what it was sent.
        cause: cause instanceof Error ? new SyntaxError(scrub(cause.message)) : cause,
      });
      const reason = isForm ? "form" : "json";
      return { kind: "again", reason, failure, mayHaveArrived: true, ...(isForm && { maxTries: MAX_FORM_TRIES }) };
    }
  }
  return { kind: "final" };
}

/** Whether a request that no whole answer came to may be sent again. `reached`: an answer has come from there before. */
export function mayRepeat(request: ApiRequest, broken: TransportError, tries: number, reached: boolean): boolean {
  if (FINAL_REASONS.has(broken.reason)) {
    return false;
  }
  if (!reached && (broken.reason === "dns" || broken.reason === "connect" || broken.reason === "proxy")) {
    // Never reached yet: more likely a wrong domain than a bad moment, and nobody wants to wait for that.
    return tries < 3;
  }
  return request.repeatable || !broken.mayHaveArrived;
}

/** What an answer means for the gate. */
export function outcomeOf(answer: WireAnswer, limit: RateLimit | undefined, limits: RateLimitHeaders): Outcome {
  if (answer.status >= 500 && limit === undefined) {
    // It may come from something before Okta, which knows nothing of limits.
    return { kind: "broken" };
  }
  if (answer.status !== 429) {
    return { kind: "answer", limit: limit !== undefined && limit.limit > 0 ? limit : undefined };
  }
  if (limit !== undefined && limit.limit === 0) {
    return { kind: "crowded" };
  }
  return { kind: "limited", limit, until: limits.openAt(answer) };
}
