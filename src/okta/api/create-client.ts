import type { Call } from "../../baton/connector.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { redact } from "../../runtime/secrets/redact.ts";
import { type Authorizer, authorizeWithToken, type Credentials } from "./auth/credentials.ts";
import { authorizeWithKey } from "./auth/oauth.ts";
import type { ListOptions, OktaClient, ReadOptions, SendOptions } from "./client.ts";
import { failureOf, isWebPage } from "./errors.ts";
import type { OktaOrigin } from "./http/domain.ts";
import { release } from "./http/release.ts";
import { createTransport, type TransportOptions, type WireAnswer } from "./http/transport.ts";
import { Gate } from "./limits/gate.ts";
import { RateLimitHeaders } from "./limits/headers.ts";
import { ServerTime } from "./limits/server-time.ts";
import type { AnswerSeen, ClientEvent, UnansweredRequest } from "./observed.ts";
import { attemptOf, nextOfBody, nextOfLinkHeader, pathOnOrigin } from "./pages/pages.ts";
import { listOf, objectOf } from "./pages/unexpected-shape.ts";
import { createSender, type Sender } from "./requests/sender.ts";
import { isWrite, performWrite } from "./writes/write.ts";

/** What a client is made of. */
export interface OktaClientOptions {
  readonly origin: OktaOrigin;
  readonly credentials: Credentials;
  /** The part of each rate limit that may be used, above 0 and up to 1; 0.8 by default. */
  readonly share?: number;
  /** Requests under way at once; 35 by default (Okta's limit for an org is 75, less for small ones). */
  readonly concurrency?: number;
  /** Milliseconds that one request may take; 300,000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds without a byte after which a request is given up; 30,000 by default. */
  readonly idleTimeoutMs?: number;
  /** As `baton-okta/1.2.3`. */
  readonly userAgent: string;
  readonly clock?: Clock;
  /** Where proxy settings come from; the process's environment by default. */
  readonly env?: TransportOptions["env"];
  /** Between 0 and 1: the jitter of backoffs. */
  readonly random?: () => number;
  /** Called with what is worth a line in the log: retries, refusals, a new access token. Never holds a secret. */
  readonly log?: (event: ClientEvent) => void;
  /** Called with each answer, for audits and metrics. */
  readonly onAnswer?: (seen: AnswerSeen) => void;
  /** Called with each request that no whole answer came to. */
  readonly onUnanswered?: (seen: UnansweredRequest) => void;
}

/** Makes a client. No request is sent until the first call. */
export function createOktaClient(options: OktaClientOptions): OktaClient {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const { origin, userAgent } = options;
  const serverTime = new ServerTime(clock);
  const transport = createTransport(origin, {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const stopping = new AbortController();
  const gate = new Gate({
    stopping: stopping.signal,
    clock,
    serverTime,
    share: options.share ?? 0.8,
    concurrency: options.concurrency ?? 35,
  });
  const log = options.log ?? (() => {});
  const limits = new RateLimitHeaders({ clock, serverTime, log });
  const authorizer: Authorizer =
    options.credentials.kind === "apiToken"
      ? authorizeWithToken(options.credentials)
      : authorizeWithKey(options.credentials, {
          ...{ origin, transport, clock, serverTime, limits, random, userAgent, log },
          stopping: stopping.signal,
        });
  const sender: Sender = createSender({
    origin,
    transport,
    gate,
    authorizer,
    stopping: stopping.signal,
    clock,
    serverTime,
    limits,
    random,
    userAgent,
    log,
    onAnswer: options.onAnswer,
    onUnanswered: options.onUnanswered,
  });

  /** What Okta wrote, without what it was sent in confidence. */
  const scrub = (text: string, call: Call) => redact(authorizer.scrub(text), [call.secret]);

  function fail(method: string, path: string, answer: WireAnswer, call: Call): Failure {
    return failureOf(answer, {
      method,
      path,
      attempted: attemptOf(method, path),
      oauth: authorizer.oauth,
      grantedScopes: authorizer.grantedScopes(),
      host: origin.hostname,
      scrub: (text) => scrub(text, call),
    });
  }

  async function readOnce<T>(
    path: string,
    call: Call,
    contentType: string | undefined,
    parse: (body: Buffer, answer: WireAnswer) => T,
  ) {
    let value: T | undefined;
    const target = resolved("GET", path, origin);
    const answer = await sender.send(
      {
        method: "GET",
        path: target,
        headers: contentType === undefined ? {} : { "content-type": contentType },
        repeatable: true,
        take: (taken) => {
          value = parse(taken.body, taken);
        },
      },
      call,
    );
    if (answer.status !== 200 || !isSuccess(answer)) {
      throw fail("GET", target, answer, call);
    }
    release(answer.body);
    return { value: value as T, path: target, at: dateOf(answer) };
  }

  return {
    origin,
    async list<T>(path: string, call: Call, { items, parse, contentType }: ListOptions<T> = {}) {
      const inBody = /^\/api\/v1\/iam\//.test(path);
      const {
        value,
        path: read,
        at,
      } = await readOnce(path, call, contentType, (bytes, answer) => {
        const body = parse === undefined || inBody ? parsedJson(bytes) : undefined;
        const found = listOf<T>(body, parse !== undefined ? parse(bytes) : items !== undefined ? items(body) : body);
        const { link } = answer.headers;
        const next = nextOfLinkHeader(Array.isArray(link) ? link.join(", ") : link);
        return { items: found, next: next ?? (inBody ? nextOfBody(body) : undefined) };
      });
      return value.next === undefined
        ? { items: value.items, ...at }
        : {
            items: value.items,
            ...at,
            next: pathOnOrigin(value.next, origin, attemptOf("GET", read), (text) => scrub(text, call)),
          };
    },
    async get<T>(path: string, call: Call, { contentType }: ReadOptions = {}) {
      return (await readOnce(path, call, contentType, (bytes) => objectOf<T>(parsedJson(bytes)))).value;
    },
    async send<T>(method: string, path: string, call: Call, options: SendOptions) {
      const { body, contentType, repeatable, onRepeat } = options;
      const target = resolved(method, path, origin);
      const attempted = attemptOf(method, target);
      const request = {
        method,
        path: target,
        headers: body === undefined ? {} : { "content-type": contentType ?? "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        repeatable,
        ...(onRepeat === undefined ? {} : { onRepeat }),
      };
      const take = (answer: WireAnswer) => {
        if (!isSuccess(answer)) {
          throw fail(method, target, answer, call);
        }
        return answer.body.length === 0 ? undefined : parsed<T>(answer, attempted, (text) => scrub(text, call));
      };
      const send = () => sender.send(request, call);
      return performWrite<T | undefined>({ attempted, send, take, planned: undefined }, call, log);
    },
    async raw(request, call) {
      const method = request.method.toUpperCase();
      const path = resolved(method, request.path, origin);
      const send = () => sender.send({ ...request, method, path, headers: request.headers ?? {} }, call);
      const take = (answer: WireAnswer) => {
        if (request.mustSucceed && !isSuccess(answer)) {
          throw fail(method, path, answer, call);
        }
        return answer;
      };
      if (!isWrite(method)) {
        return take(await send());
      }
      const planned = { status: 204, headers: {}, body: Buffer.alloc(0) };
      return performWrite({ attempted: attemptOf(method, path), send, take, planned }, call, log);
    },
    seenDate: () => serverTime.seen,
    buckets: () => gate.views(),
    stats: () => sender.stats(),
    grantedScopes: () => authorizer.grantedScopes(),
    provesKey: () => authorizer.provesKey(),
    stopWaiting() {
      if (!stopping.signal.aborted) stopping.abort(isStopping());
    },
    close() {
      authorizer.close();
      transport.close();
    },
  };
}

/** The failure that says that the program stops, and something would have had to be waited for. */
function isStopping(): Failure {
  return new Failure({
    kind: "unavailable",
    message: "the program is stopping, and Okta could not be asked without waiting",
    advice: "try again when it runs again",
  });
}

/** Path and query of what a caller gave, which may be a stored link. */
function resolved(method: string, path: string, origin: OktaOrigin): string {
  return /^\/(?![/\\])/.test(path) ? path : pathOnOrigin(path, origin, attemptOf(method, path));
}

function isSuccess(answer: WireAnswer): boolean {
  if (answer.status < 200 || answer.status > 299) {
    return false;
  }
  const type = answer.headers["content-type"];
  return type === undefined || type.includes("json") || !isWebPage(answer);
}

function dateOf({ headers }: WireAnswer): { readonly at?: number } {
  const at = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(at) ? {} : { at };
}

function parsedJson(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}

function parsed<T>(answer: WireAnswer, attempted: string, scrub: (text: string) => string): T {
  try {
    return JSON.parse(answer.body.toString("utf8")) as T;
  } catch (cause) {
    throw new Failure({
      kind: "internal",
      message: "Okta did it, and answered with something that is no JSON",
      attempted,
      // A parser quotes what it cannot read, which may be what it was sent.
      cause: cause instanceof Error ? new SyntaxError(scrub(cause.message)) : cause,
    });
  }
}
