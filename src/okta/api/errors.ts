import { type Answer, Failure, type FailureKind } from "../../runtime/failure.ts";
import { scopeOf } from "./auth/scopes.ts";
import type { WireAnswer } from "./http/transport.ts";

/** What an HTTP error is about: the request it answers and whose credentials were used. */
export interface ErrorContext {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** What was attempted, for people: without query and logins. */
  readonly attempted: string;
  readonly oauth: boolean;
  /** The scopes of the OAuth token, where known. */
  readonly grantedScopes: readonly string[] | undefined;
  readonly host: string;
  /** Takes secrets out of what the other side wrote. */
  readonly scrub: (text: string) => string;
  readonly retryAfterMs?: number;
}

const KINDS: Readonly<Record<number, FailureKind>> = {
  400: "invalidArgument",
  401: "unauthenticated",
  403: "permissionDenied",
  405: "unimplemented",
  408: "unavailable",
  409: "alreadyExists",
  412: "failedPrecondition",
  413: "invalidArgument",
  415: "invalidArgument",
  422: "invalidArgument",
  429: "unavailable",
  501: "unimplemented",
};

/** Okta's codes for what is not there: an object, and a path. Source: Okta Management API, error codes. */
const NOT_FOUND_CODES: ReadonlySet<string> = new Set(["E0000007", "E0000008"]);

/** Okta's code for an endpoint that the org does not have: it comes with 404 or 405. */
const NO_SUCH_ENDPOINT = "E0000022";

/**
 * Whether an answer is a 404 or 410 that is not Okta's own word: a proxy, a gateway or an outage answers so too. Nothing
 * follows from it for what was asked for.
 */
export function isForeignNotFound(answer: WireAnswer): boolean {
  if (answer.status !== 404 && answer.status !== 410) {
    return false;
  }
  const code = text(tryParse(answer.body)?.errorCode) ?? "";
  return !NOT_FOUND_CODES.has(code) && code !== NO_SUCH_ENDPOINT;
}

/**
 * An HTTP answer that is not a success, as a {@link Failure}: what Okta said, and what to do about it. The codes are
 * those of the Okta Management API's error object.
 */
export function failureOf(answer: WireAnswer, context: ErrorContext): Failure {
  const said = parseErrorAnswer(answer, context.scrub);
  const { status } = answer;
  const parts = { attempted: context.attempted, answer: said };
  if (said.code === undefined && isHtml(answer)) {
    return new Failure({
      ...parts,
      kind: status >= 500 ? "unavailable" : "failedPrecondition",
      message: `${context.host} answered with a web page (HTTP ${status}) instead of Okta's API`,
      advice: "check that the domain is the org's own, as acme.okta.com, and that no proxy or login page is in between",
    });
  }
  if (status >= 300 && status < 400) {
    return new Failure({
      ...parts,
      kind: "failedPrecondition",
      message: `${context.host} answered with a redirect (HTTP ${status}), which is never followed`,
      advice: "check that the domain is the org's own, as acme.okta.com",
    });
  }
  if (status < 300) {
    return new Failure({
      ...parts,
      kind: "failedPrecondition",
      message: `${context.host} answered HTTP ${status}, where Okta's API answers a read with 200`,
      advice: "check that the domain is the org's own, as acme.okta.com, and what stands between here and Okta",
    });
  }
  if (status === 401) {
    return unauthenticated(answer, context, said);
  }
  if (status === 403) {
    return forbidden(answer, context, said);
  }
  if (status === 400 && /[?&]after=/.test(context.path)) {
    return new Failure({
      ...parts,
      kind: "badCursor",
      message: describe("Okta refused the place to go on from", said),
    });
  }
  if (status === 429) {
    return new Failure({
      ...parts,
      kind: "unavailable",
      message: "Okta's rate limit is used up (HTTP 429)",
      advice: "try again when the window has ended, or leave more of the limit to this program",
      ...(context.retryAfterMs === undefined ? {} : { retryAfterMs: context.retryAfterMs }),
    });
  }
  if (isForeignNotFound(answer)) {
    const what = `HTTP ${status} came without Okta's code for what is not there (E0000007)`;
    return new Failure({
      ...parts,
      kind: "unavailable",
      message: describe(`${what}, so nothing is known of what was asked for`, said),
      advice: "try again; where it stays so, look at what stands between here and Okta, and at the domain",
    });
  }
  if (status === 404 || status === 410) {
    const kind = said.code === NO_SUCH_ENDPOINT ? "unimplemented" : "notFound";
    return new Failure({ ...parts, kind, message: describe(`Okta answered HTTP ${status}`, said) });
  }
  const kind = KINDS[status] ?? (status >= 500 ? "unavailable" : status >= 400 ? "invalidArgument" : "internal");
  return new Failure({ ...parts, kind, message: describe(`Okta answered HTTP ${status}`, said) });
}

function unauthenticated(answer: WireAnswer, context: ErrorContext, said: Answer): Failure {
  if (/use_dpop_nonce/.test(String(answer.headers["www-authenticate"] ?? ""))) {
    return new Failure({
      kind: "unauthenticated",
      message: "Okta asks for a DPoP nonce again and again, though each proof holds the one it gave (HTTP 401)",
      attempted: context.attempted,
      advice: "check what stands between here and Okta: something may change or keep back its answers",
      answer: said,
    });
  }
  const what = context.oauth ? "the OAuth access token" : "the API token";
  return new Failure({
    kind: "unauthenticated",
    message: describe(`Okta does not accept ${what} (HTTP 401)`, said),
    attempted: context.attempted,
    advice: context.oauth
      ? "check that the OAuth app is active and belongs to this org"
      : "the token is mistyped, expired (30 days unused), revoked or of another org: make a new one under Security > API",
    answer: said,
  });
}

function forbidden(answer: WireAnswer, context: ErrorContext, said: Answer): Failure {
  const scope = scopeOf(context.method, context.path);
  const challenge = String(answer.headers["www-authenticate"] ?? "");
  const named = /scope="?([A-Za-z.\s]+)"?/.exec(context.scrub(challenge))?.[1]?.trim();
  const lacks =
    /insufficient_scope/.test(challenge) ||
    (scope !== undefined && context.grantedScopes !== undefined && !isGranted(scope, context.grantedScopes));
  const missing = named ?? scope;
  if (context.oauth && lacks && missing !== undefined) {
    return new Failure({
      kind: "permissionDenied",
      message: `${LACKS_SCOPE} ${missing} (HTTP 403)`,
      attempted: context.attempted,
      advice: `grant ${missing} to the app under Okta API Scopes`,
      answer: said,
    });
  }
  const who = context.oauth ? "the OAuth app" : "the API token's owner";
  return new Failure({
    kind: "permissionDenied",
    message: describe(`${who} may not do this (HTTP 403)`, said),
    attempted: context.attempted,
    advice: `${who} lacks an admin role that allows it: ${roleFor(context.method, context.path)}`,
    answer: said,
  });
}

const LACKS_SCOPE = "the OAuth app lacks the scope";

/** Whether a refusal is about a missing OAuth scope, not about what the caller may do. */
export function lacksScope(failure: Failure): boolean {
  return failure.kind === "permissionDenied" && failure.message.startsWith(LACKS_SCOPE);
}

function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.includes(scope) || granted.includes(scope.replace(/\.read$/, ".manage"));
}

function roleFor(method: string, path: string): string {
  if (method === "GET") {
    return /\/roles(\/|\?|$)|\/iam\/|\/api-tokens/.test(path)
      ? "reading roles and API tokens takes Super Admin or a custom role with that permission"
      : "Read Only Admin reads users, groups and apps";
  }
  if (/\/roles(\/|\?|$)|\/iam\//.test(path)) {
    return "changing admin roles takes Super Admin";
  }
  return "Org Admin, or a role whose resources include this object";
}

/** Okta's own words: its error object, where the body holds one; the error of an OAuth endpoint likewise. */
export function parseErrorAnswer(answer: WireAnswer, scrub: (text: string) => string): Answer {
  const said: Answer = { status: answer.status };
  const requestId = answer.headers["x-okta-request-id"];
  if (typeof requestId === "string") {
    said.requestId = maskPeople(scrub(requestId)).slice(0, MAX_ID_LENGTH);
  }
  const body = tryParse(answer.body);
  const code = text(body?.errorCode) ?? text(body?.error);
  if (code !== undefined) {
    said.code = maskPeople(scrub(code)).slice(0, MAX_ID_LENGTH);
  }
  const causes = Array.isArray(body?.errorCauses)
    ? body.errorCauses.map((cause: { errorSummary?: unknown } | null) => text(cause?.errorSummary))
    : [];
  const summary = [text(body?.errorSummary) ?? text(body?.error_description), ...causes]
    .filter((part) => part !== undefined && part !== "")
    .join("; ");
  if (summary !== "") {
    // Scrubbed before it is cut, as a part of a secret may not be known for one.
    said.summary = maskPeople(scrub(summary.slice(0, MAX_READ_LENGTH)));
  }
  return said;
}

/** Okta's ids and codes are a few dozen characters; nobody reads what is much longer. */
const MAX_ID_LENGTH = 100;
const MAX_READ_LENGTH = 10_000;

/** Okta names people by their login in its texts; ids are enough. A signed assertion must not come back in one either. */
function maskPeople(summary: string): string {
  return summary
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[redacted]")
    .replace(/[^\s"'()<>,;:]+@[^\s"'()<>,;:]+/g, "{login}")
    .slice(0, 1000);
}

function describe(what: string, said: Answer): string {
  const code = said.code === undefined ? "" : ` ${said.code}`;
  return said.summary === undefined && code === "" ? what : `${what}:${code}${said.summary ? ` ${said.summary}` : ""}`;
}

function isHtml(answer: WireAnswer): boolean {
  const type = String(answer.headers["content-type"] ?? "");
  return /html/i.test(type) || /^\s*<(!doctype|html)/i.test(answer.body.toString("latin1", 0, 64));
}

function tryParse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value.trim() : undefined;
}

/** Whether a success answer is not the API's: a web page where JSON was asked for. */
export function isWebPage(answer: WireAnswer): boolean {
  return answer.body.length > 0 && isHtml(answer);
}
