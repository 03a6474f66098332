import type { IncomingHttpHeaders } from "node:http";
import { type Directory, type Verdict, verdict } from "./auth/access.ts";
import { type Authenticator, Unauthorized } from "./auth/authenticator.ts";
import type { TokenEndpoint } from "./auth/token.ts";
import { errorAnswer } from "./http/answer.ts";
import { type Call, TOKEN_PATH } from "./http/call.ts";
import type { ApiResponse, Caller, Route } from "./http/route.ts";
import { ApiError } from "./org/api-error.ts";

const JSON_TYPE = /^application\/(.+\+)?json$/;
const FORM_TYPE = "application/x-www-form-urlencoded";

/** Answers calls: says who calls, whether they may, and lets the endpoint do the rest. */
export class OrgAnswers {
  readonly #directory: Directory;
  readonly #authenticator: Authenticator;
  readonly #tokens: TokenEndpoint;

  constructor(directory: Directory, authenticator: Authenticator, tokens: TokenEndpoint) {
    this.#directory = directory;
    this.#authenticator = authenticator;
    this.#tokens = tokens;
  }

  /** Whatever a caller does wrong is an answer, too: this throws on errors of the sandbox only. */
  async answer(call: Call): Promise<ApiResponse> {
    const { method, path, match, headers, origin, requestId } = call;
    if (method === "OPTIONS") {
      return { status: 204, headers: { Allow: [...match.methods, "OPTIONS"].join(", ") } };
    }
    if (path === TOKEN_PATH) {
      return method === "POST" ? await this.#token(call) : wrongMethod(call);
    }
    try {
      const caller = await this.#authenticator.identify({
        authorization: headers.authorization,
        proof: onlyValue(headers.dpop),
        method,
        url: origin + path,
      });
      return this.#route(call, caller);
    } catch (error) {
      if (error instanceof Unauthorized) {
        return errorAnswer(error.status, error.errorCode, error.message, requestId, [], error.headers);
      }
      if (error instanceof ApiError) {
        return errorAnswer(error.status, error.errorCode, error.message, requestId, error.causes);
      }
      throw error;
    }
  }

  #route(call: Call, caller: Caller): ApiResponse {
    const { match, path, query, requestId, headers, origin } = call;
    const { route, params } = match;
    if (route === undefined) {
      return match.methods.length > 0 ? wrongMethod(call) : unknownEndpoint(call);
    }
    const body = jsonOf(call);
    const given = verdict(this.#directory, caller, route, params, body);
    if (given !== "allowed") {
      return refusal(given, call, route);
    }
    return route.handle({
      method: route.method,
      path,
      params,
      query: new URLSearchParams(query),
      headers,
      body,
      caller,
      origin,
      requestId,
    });
  }

  async #token({ headers, body, origin }: Call): Promise<ApiResponse> {
    if (mediaType(headers) !== FORM_TYPE) {
      const description = `The content type of the request must be ${FORM_TYPE}.`;
      return { status: 400, body: { error: "invalid_request", error_description: description } };
    }
    return await this.#tokens.answer({
      form: new URLSearchParams(body),
      authorization: headers.authorization,
      proof: onlyValue(headers.dpop),
      url: origin + TOKEN_PATH,
    });
  }
}

function wrongMethod({ requestId, match }: Call): ApiResponse {
  const summary = "The endpoint does not support the provided HTTP method";
  return errorAnswer(405, "E0000022", summary, requestId, [], { Allow: match.methods.join(", ") });
}

function unknownEndpoint({ path, requestId }: Call): ApiResponse {
  try {
    decodeURIComponent(path);
  } catch {
    return errorAnswer(400, "E0000002", "The request was not valid: the URL is not well-formed.", requestId);
  }
  return errorAnswer(404, "E0000022", "The endpoint does not support the provided HTTP method", requestId);
}

function refusal(given: Exclude<Verdict, "allowed">, call: Call, route: Route): ApiResponse {
  const { requestId, match, headers, path } = call;
  if (given === "emptyList") {
    return { status: 200, body: [] };
  }
  if (given === "notFound") {
    const id = Object.values(match.params)[0] ?? path;
    return errorAnswer(404, "E0000007", `Not found: Resource not found: ${id}`, requestId);
  }
  const extra: Record<string, string> = {};
  if (given === "missingScope") {
    const scheme = headers.authorization?.toLowerCase().startsWith("dpop") ? "DPoP" : "Bearer";
    const about = 'error_description="The access token provided does not contain the required scopes."';
    extra["WWW-Authenticate"] = `${scheme} error="insufficient_scope", ${about}, scope="${route.scope}"`;
  }
  const summary = "You do not have permission to perform the requested action";
  return errorAnswer(403, "E0000006", summary, requestId, [], extra);
}

function jsonOf({ body, headers }: Call): unknown {
  if (body.trim() === "") {
    return undefined;
  }
  if (!JSON_TYPE.test(mediaType(headers))) {
    const summary = "Bad request. Accept and/or Content-Type headers likely do not match supported values.";
    throw new ApiError(415, "E0000021", summary);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, "E0000003", "The request body was not well-formed.");
  }
}

function mediaType(headers: IncomingHttpHeaders): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

function onlyValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
