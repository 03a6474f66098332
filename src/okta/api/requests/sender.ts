import type { Call } from "../../../baton/connector.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { type Answer, Failure } from "../../../runtime/failure.ts";
import { redact } from "../../../runtime/secrets/redact.ts";
import type { Authorizer, Renewal } from "../auth/credentials.ts";
import { isWebPage, parseErrorAnswer } from "../errors.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { abortable, asFailure, withDeadline } from "../http/call-end.ts";
import type { OktaOrigin } from "../http/domain.ts";
import { failureOfTransport } from "../http/network-errors.ts";
import { backoffMs, MAX_REFUSED_MS, MAX_TRIES, refusalBackoffMs } from "../http/retry.ts";
import type { Transport, WireAnswer } from "../http/transport.ts";
import { TransportError } from "../http/transport-error.ts";
import type { Gate, Outcome } from "../limits/gate.ts";
import type { RateLimitHeaders } from "../limits/headers.ts";
import { pathForPeople, patternOf } from "../limits/pattern.ts";
import type { ServerTime } from "../limits/server-time.ts";
import type { AnswerSeen, ClientEvent, ClientStats, UnansweredRequest } from "../observed.ts";
import { attemptOf } from "../pages/pages.ts";
import { judge, mayRepeat, outcomeOf, type Verdict } from "./verdict.ts";

/** What a sender works with. */
export interface SenderDeps {
  readonly origin: OktaOrigin;
  readonly transport: Transport;
  readonly gate: Gate;
  readonly authorizer: Authorizer;
  /** Once aborted, nothing waits for another try: it fails with the signal's reason. */
  readonly stopping: AbortSignal;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly limits: RateLimitHeaders;
  readonly random: () => number;
  readonly userAgent: string;
  readonly log: (event: ClientEvent) => void;
  readonly onAnswer: ((seen: AnswerSeen) => void) | undefined;
  readonly onUnanswered?: ((seen: UnansweredRequest) => void) | undefined;
}

/** Sends requests through the gate, with credentials, as often as it takes. */
export interface Sender {
  /** The last answer, whatever its status. Throws a {@link Failure} where none came, or it was too late for one. */
  send(request: ApiRequest, call: Call): Promise<WireAnswer>;
  stats(): ClientStats;
}

/** How often one request is sent again with something new: nonces go out of use while requests run side by side. */
const MAX_RENEWALS: Readonly<Record<Renewal, number>> = { nonce: 4, token: 1 };

/** Makes a sender. */
export function createSender(deps: SenderDeps): Sender {
  const { origin, transport, gate, authorizer, clock, serverTime, limits, random, log } = deps;
  const retries: Record<string, number> = {};
  let calls = 0;
  let bytes = 0;
  let refusals = 0;
  let reached = false;
  let succeeded = false;

  /** What Okta wrote, without what it was sent in confidence. */
  const scrub = (text: string, call: Call) => redact(authorizer.scrub(text), [call.secret]);

  /** The answer, with a request id that quotes no secret, as ids stand in logs, audits and errors. */
  function withoutSecretId(answer: WireAnswer, call: Call): WireAnswer {
    const id = requestIdOf(answer);
    const redacted = id === undefined ? undefined : scrub(id, call);
    return redacted === id ? answer : { ...answer, headers: { ...answer.headers, "x-okta-request-id": redacted } };
  }

  async function send(request: ApiRequest, outer: Call): Promise<WireAnswer> {
    const attempted = () => attemptOf(request.method, request.path);
    const limited = withDeadline(outer, clock, attempted);
    try {
      return await attempts(request, limited.call);
    } catch (error) {
      throw asFailure(error, outer, limited.call, attempted());
    } finally {
      limited.done();
    }
  }

  async function attempts(request: ApiRequest, call: Call): Promise<WireAnswer> {
    const { method, path } = request;
    const attempted = attemptOf(method, path);
    const name = patternOf(path);
    const ticket = gate.ticket(call.client);
    let tries = 0;
    let refused = 0;
    let refusedSince: number | undefined;
    const renewals: Record<Renewal, number> = { nonce: 0, token: 0 };
    for (;;) {
      const pass = await gate.enter(name, call, ticket);
      let outcome: Outcome = { kind: "broken" };
      let verdict: Verdict;
      let answer: WireAnswer | undefined;
      try {
        const credentials = await abortable(authorizer.headers(method, path), call.signal);
        calls++;
        tries++;
        const sentAt = clock.now();
        answer = await transport.exchange(
          {
            method,
            path,
            headers: { accept: "application/json", "user-agent": deps.userAgent, ...request.headers, ...credentials },
            ...(request.body === undefined ? {} : { body: request.body }),
          },
          call.signal,
        );
        answer = withoutSecretId(answer, call);
        reached = true;
        succeeded ||= answer.status < 300 && !isWebPage(answer);
        bytes += answer.body.length;
        serverTime.observe(answer.headers.date, sentAt);
        const limit = limits.limitOf(answer);
        outcome = outcomeOf(answer, limit, limits);
        if (limit !== undefined && limit.limit > 0) {
          call.observe?.(limit);
        }
        deps.onAnswer?.({
          method,
          path: pathForPeople(path),
          bucket: name,
          status: answer.status,
          requestId: requestIdOf(answer),
          durationMs: clock.now() - sentAt,
          body: answer.body,
        });
        const renewal = authorizer.seen(answer, credentials);
        const renewed = renewal !== undefined && renewals[renewal]++ < MAX_RENEWALS[renewal];
        verdict = judge({
          request,
          answer,
          outcome,
          renewed,
          attempted,
          succeeded,
          limits,
          scrub: (text) => scrub(text, call),
        });
      } catch (error) {
        if (!(error instanceof TransportError)) {
          throw error;
        }
        const failure = failureOfTransport(error, origin, attempted);
        deps.onUnanswered?.({ method, bucket: name, reason: error.reason });
        verdict = { kind: "again", reason: error.reason, failure, mayHaveArrived: error.mayHaveArrived };
        if (!mayRepeat(request, error, tries, reached)) {
          throw failure;
        }
      } finally {
        pass.release(outcome);
      }
      if (verdict.kind === "final") {
        return answer!;
      }
      if (verdict.kind === "renewed") {
        continue;
      }
      if (verdict.kind === "refused") {
        refusals++;
        refused++;
        refusedSince ??= clock.now();
        if (clock.now() - refusedSince >= MAX_REFUSED_MS) {
          return answer!;
        }
        tries--;
        count(answer!.status, attempted, refused, requestIdOf(answer!));
        if (verdict.waitMs !== undefined) {
          const waitMs = Math.max(verdict.waitMs, refusalBackoffMs(refused, random));
          await pause(waitMs, call, tooManyRequests(attempted, answer!, waitMs, call));
        }
        continue;
      }
      refused = 0;
      refusedSince = undefined;
      if (tries >= (verdict.maxTries ?? MAX_TRIES)) {
        if (verdict.failure !== undefined) {
          throw verdict.failure;
        }
        return answer!;
      }
      if (verdict.mayHaveArrived) {
        request.onRepeat?.();
      }
      count(verdict.reason, attempted, tries, answer && requestIdOf(answer));
      const waitMs = backoffMs(tries, random);
      await pause(waitMs, call, verdict.failure ?? unavailable(attempted, answer!, waitMs, call));
    }
  }

  function count(reason: string | number, attempted: string, tries: number, requestId: string | undefined): void {
    retries[reason] = (retries[reason] ?? 0) + 1;
    log({ level: "debug", message: "trying again", details: { attempted, reason: String(reason), tries, requestId } });
  }

  async function pause(waitMs: number, call: Call, failure: Failure): Promise<void> {
    if (call.deadline !== undefined && clock.now() + waitMs > call.deadline) {
      throw failure;
    }
    await clock.sleep(waitMs, AbortSignal.any([call.signal, deps.stopping]));
  }

  function said(answer: WireAnswer, call: Call): Answer {
    return parseErrorAnswer(answer, (text) => scrub(text, call));
  }

  function unavailable(attempted: string, answer: WireAnswer, waitMs: number, call: Call): Failure {
    return new Failure({
      kind: "unavailable",
      message: `Okta answered HTTP ${answer.status}`,
      attempted,
      answer: said(answer, call),
      retryAfterMs: waitMs,
    });
  }

  function tooManyRequests(attempted: string, answer: WireAnswer, waitMs: number, call: Call): Failure {
    return new Failure({
      kind: "unavailable",
      message: "Okta refuses more requests for now (HTTP 429), until after the call's deadline",
      attempted,
      answer: said(answer, call),
      retryAfterMs: waitMs,
    });
  }

  return {
    send,
    stats: () => ({
      calls,
      bytes,
      refusals,
      retries: { ...retries },
      inFlight: gate.inFlight,
      clockOffsetMs: serverTime.offset,
    }),
  };
}

function requestIdOf(answer: WireAnswer): string | undefined {
  const id = answer.headers["x-okta-request-id"];
  return typeof id === "string" ? id : undefined;
}
