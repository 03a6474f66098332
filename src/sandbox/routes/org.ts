import { CURRENT_TOKEN } from "../auth/access.ts";
import type { Route } from "../http/route.ts";
import { notFound } from "../org/errors.ts";
import type { Org } from "../org/org.ts";
import { revokeToken } from "../org/tokens.ts";
import type { JsonObject } from "../org/types.ts";
import { noContent } from "./context.ts";

/** The org itself and its API tokens. */
export function orgRoutes(org: Org): Route[] {
  return [
    {
      method: "GET",
      pattern: "/api/v1/org",
      scope: "okta.orgs.read",
      handle: ({ origin }) => {
        const href = `${origin}/api/v1/org`;
        const links = { preferences: { href: `${href}/preferences` }, contacts: { href: `${href}/contacts` } };
        return { status: 200, body: { ...org.settings, _links: links } };
      },
    },
    {
      method: "GET",
      pattern: "/api/v1/api-tokens",
      scope: "okta.apiTokens.read",
      handle: ({ origin }) => ({ status: 200, body: org.apiTokens.map((token) => tokenObject(token, origin)) }),
    },
    {
      method: "GET",
      pattern: "/api/v1/api-tokens/{apiTokenId}",
      scope: "okta.apiTokens.read",
      handle: ({ params, origin }) => {
        return { status: 200, body: tokenObject(tokenOf(org, params.apiTokenId ?? ""), origin) };
      },
    },
    {
      method: "DELETE",
      pattern: CURRENT_TOKEN,
      scope: "okta.apiTokens.manage",
      handle: ({ caller }) => {
        caller.revoke?.();
        const token = org.apiTokens.find(({ id }) => id === caller.id);
        if (token !== undefined) revokeToken(org, token);
        return noContent;
      },
    },
    {
      method: "DELETE",
      pattern: "/api/v1/api-tokens/{apiTokenId}",
      scope: "okta.apiTokens.manage",
      handle: ({ params }) => {
        revokeToken(org, tokenOf(org, params.apiTokenId ?? ""));
        return noContent;
      },
    },
  ];
}

function tokenOf(org: Org, id: string): JsonObject {
  const token = org.apiTokens.find((candidate) => candidate.id === id);
  if (token === undefined) throw notFound(id, "ApiToken");
  return token;
}

function tokenObject(token: JsonObject, origin: string): JsonObject {
  return { ...token, _link: { self: { href: `${origin}/api/v1/api-tokens/${token.id}` } } };
}
