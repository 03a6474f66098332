import type { Clock } from "../../runtime/clock.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { Metrics } from "../../runtime/metrics/metrics.ts";
import { errorBody, notFound, ScimError } from "../protocol/error.ts";
import type { JsonObject } from "../protocol/json.ts";
import { resourceTypes, schemas, serviceProviderConfig } from "../protocol/schemas/discovery.ts";
import type { ScimStore } from "../store/store.ts";
import { groupsEndpoint } from "./groups.ts";
import { listAnswer, pageRequestOf, type ScimAnswer, type ScimRequest, searchOf } from "./request.ts";
import type { TokenCheck } from "./tokens/check.ts";
import { type Endpoint, usersEndpoint } from "./users.ts";

/** What requests are answered with. */
export interface HandlerParts {
  readonly store: ScimStore;
  readonly tokens: Pick<TokenCheck, "check">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Answers a request, whatever it is: never throws. */
export type ScimHandler = (request: ScimRequest) => Promise<ScimAnswer>;

/** What SCIM has and the receiver has not; no client of Okta's asks for it. Source: RFC 7644, section 3.2. */
const ABSENT = new Set(["Me", "Bulk"]);

/** Makes the answers of `/scim/v2`. */
export function createHandler({ store, tokens, clock, log, metrics }: HandlerParts): ScimHandler {
  const endpoints: Readonly<Record<string, Endpoint>> = {
    Users: usersEndpoint(store, () => clock.now()),
    Groups: groupsEndpoint(store, () => clock.now()),
  };

  async function answer(request: ScimRequest): Promise<{ answer: ScimAnswer; token?: string }> {
    try {
      const token = await tokens.check(request.authorization);
      try {
        return { answer: await routed(request), token };
      } catch (error) {
        return { answer: refusal(error), token };
      }
    } catch (error) {
      const refused = refusal(error);
      const headers = { "www-authenticate": 'Bearer realm="baton-okta scim"' };
      return { answer: refused.status === 401 ? { ...refused, headers } : refused };
    }
  }

  function refusal(error: unknown): ScimAnswer {
    if (error instanceof ScimError) return { status: error.status, body: errorBody(error) };
    const away = isFailure(error, "unavailable") || isAway(error);
    log.error(away ? "the SCIM store does not answer" : "a SCIM request failed", { error });
    const said = away
      ? new ScimError(503, "the store does not answer; nothing was changed")
      : new ScimError(500, "the receiver failed; nothing was changed");
    return { status: said.status, body: errorBody(said) };
  }

  async function routed(request: ScimRequest): Promise<ScimAnswer> {
    const { method, base } = request;
    const [name = "", id, ...more] = segmentsOf(request.path);
    if (ABSENT.has(name)) throw new ScimError(501, `/${name} is not supported`);
    if (name === "ServiceProviderConfig" && id === undefined) {
      return discovery(method, () => ({ status: 200, body: serviceProviderConfig(base) }));
    }
    if (name === "ResourceTypes" || name === "Schemas") {
      const all = name === "Schemas" ? schemas(base) : resourceTypes(base);
      return discovery(method, () => {
        if (id === undefined) return listAnswer(all);
        const found = all.find((one) => String(one.id).toLowerCase() === id.toLowerCase());
        if (found === undefined || more.length > 0) throw notFound("resource");
        return { status: 200, body: found };
      });
    }
    if (name === ".search" && id === undefined) {
      if (method !== "POST") throw wrongMethod("POST");
      return await searchAll(endpoints, request);
    }
    const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
    if (endpoint === undefined || more.length > 0) throw notFound("resource");
    return await onResource(endpoint, request, id);
  }

  return async (request) => {
    const startedAt = clock.now();
    const { answer: given, token } = await answer(request);
    const durationMs = clock.now() - startedAt;
    const resource = resourceOf(request.path);
    metrics.pushed({ method: request.method, resource, status: given.status, durationMs });
    log.debug("SCIM request", { method: request.method, resource, status: given.status, durationMs, token });
    return given;
  };
}

/** A search over all kinds of resources: those of the one kind stand behind those of the other. */
async function searchAll(endpoints: Readonly<Record<string, Endpoint>>, request: ScimRequest): Promise<ScimAnswer> {
  const asked = searchOf(request.body);
  const { startIndex, count } = pageRequestOf(asked);
  const found: JsonObject[] = [];
  let total = 0;
  for (const endpoint of Object.values(endpoints)) {
    const query = new URLSearchParams(asked);
    query.set("startIndex", String(Math.max(1, startIndex - total)));
    query.set("count", String(count - found.length));
    const { body = {} } = await endpoint.list({ ...request, query }, query);
    found.push(...(body.Resources as JsonObject[]));
    total += Number(body.totalResults);
  }
  return listAnswer(found, total, startIndex);
}

async function onResource(endpoint: Endpoint, request: ScimRequest, id: string | undefined): Promise<ScimAnswer> {
  const { method, query } = request;
  if (id === undefined) {
    if (method === "GET" || method === "HEAD") return await endpoint.list(request, query);
    if (method === "POST") return await endpoint.create(request);
    throw wrongMethod("GET, POST");
  }
  if (id === ".search") {
    if (method === "POST") return await endpoint.list(request, searchOf(request.body));
    throw wrongMethod("POST");
  }
  switch (method) {
    case "GET":
    case "HEAD":
      return await endpoint.read(request, id);
    case "PUT":
      return await endpoint.replace(request, id);
    case "PATCH":
      return await endpoint.patch(request, id);
    case "DELETE":
      return await endpoint.remove(request, id);
    default:
      throw wrongMethod("GET, PUT, PATCH, DELETE");
  }
}

function discovery(method: string, read: () => ScimAnswer): ScimAnswer {
  if (method !== "GET" && method !== "HEAD") throw wrongMethod("GET");
  return read();
}

function wrongMethod(allowed: string): ScimError {
  return new ScimError(405, `this takes ${allowed} only`);
}

/** The parts of a path. A path that is not UTF-8, or holds a NUL, leads nowhere. */
function segmentsOf(path: string): string[] {
  try {
    const parts = path
      .split("/")
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
    if (!parts.some((part) => part.includes("\0"))) return parts;
  } catch {
    // What is malformed names nothing.
  }
  throw notFound("resource");
}

/** What a request is about, as metrics and logs name it: never an id. */
function resourceOf(path: string): string {
  const [name = ""] = path.split("/").filter((part) => part !== "");
  return ["Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig"].includes(name) ? name : "other";
}

/** Whether a read found no database: the pool's and the network's errors say so. */
function isAway(error: unknown): boolean {
  const { code, syscall, message } = error as { code?: unknown; syscall?: unknown; message?: unknown };
  // Class 57: the server is stopping; 53: out of resources; 08: connection lost. Source: PostgreSQL error codes.
  if (typeof code === "string" && /^(57|53|08)/.test(code)) return true;
  return syscall !== undefined || /terminat|connect|timeout/i.test(String(message));
}
