import type { ApiRequest, Route } from "../../http/route.ts";
import { notFound } from "../../org/errors.ts";
import type { Org } from "../../org/org.ts";
import type { JsonObject } from "../../org/types.ts";
import { removeFactor } from "../../org/users/factors.ts";
import { noContent, userOf } from "../context.ts";

const FACTORS = "/api/v1/users/{userId}/factors";

/** With what a user proves who it is, besides a password. */
export function factorRoutes(org: Org): Route[] {
  const factorOf = (request: ApiRequest): JsonObject => {
    const id = request.params.factorId ?? "";
    const factor = userOf(org, request).factors.find((one) => one.id === id);
    if (factor === undefined) throw notFound(id, "UserFactor");
    return factor;
  };
  const shown = (factor: JsonObject, request: ApiRequest): JsonObject => {
    const user = `${request.origin}/api/v1/users/${userOf(org, request).record.id}`;
    return { ...factor, _links: { self: { href: `${user}/factors/${factor.id}` }, user: { href: user } } };
  };
  return [
    {
      method: "GET",
      pattern: FACTORS,
      scope: "okta.users.read",
      handle: (request) => ({
        status: 200,
        body: userOf(org, request).factors.map((factor) => shown(factor, request)),
      }),
    },
    {
      method: "GET",
      pattern: `${FACTORS}/{factorId}`,
      scope: "okta.users.read",
      handle: (request) => ({ status: 200, body: shown(factorOf(request), request) }),
    },
    {
      method: "DELETE",
      pattern: `${FACTORS}/{factorId}`,
      scope: "okta.users.manage",
      handle: (request) => {
        removeFactor(org, userOf(org, request), factorOf(request));
        return noContent;
      },
    },
  ];
}
