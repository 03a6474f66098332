import type { Route } from "../http/route.ts";
import { notFound } from "../org/errors.ts";
import type { Org } from "../org/org.ts";
import type { JsonObject } from "../org/types.ts";
import { answerItems, seesNothing } from "./context.ts";
import { compile, lookupIn } from "./search.ts";

/** Reading the org itself, its API tokens and its devices. */
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
        const token = org.apiTokens.find((candidate) => candidate.id === params.apiTokenId);
        if (token === undefined) throw notFound(params.apiTokenId ?? "", "ApiToken");
        return { status: 200, body: tokenObject(token, origin) };
      },
    },
    {
      method: "GET",
      pattern: "/api/v1/devices",
      scope: "okta.devices.read",
      handle: (request) => {
        const search = request.query.get("search");
        const test = search ? compile(search, { operators: searchable, caseSensitive: false }) : () => true;
        const found = seesNothing(request) ? [] : org.devices.filter((device) => test(lookupIn(device)));
        const devices = found.map((device) => deviceObject(device, request.origin));
        const size = { default: 200, max: 200, beyond: "refuse" } as const;
        return answerItems(org, request, `devices ${search ?? ""}`, size, devices);
      },
    },
    {
      method: "GET",
      pattern: "/api/v1/devices/{deviceId}",
      scope: "okta.devices.read",
      handle: ({ params, origin }) => {
        const device = org.devices.find((candidate) => candidate.id === params.deviceId);
        if (device === undefined) throw notFound(params.deviceId ?? "", "Device");
        return { status: 200, body: deviceObject(device, origin) };
      },
    },
  ];
}

function tokenObject(token: JsonObject, origin: string): JsonObject {
  return { ...token, _link: { self: { href: `${origin}/api/v1/api-tokens/${token.id}` } } };
}

function deviceObject(device: JsonObject, origin: string): JsonObject {
  const href = `${origin}/api/v1/devices/${device.id}`;
  const change = device.status === "ACTIVE" ? "deactivate" : "activate";
  const links = { self: { href }, users: { href: `${href}/users` }, [change]: { href: `${href}/lifecycle/${change}` } };
  return { ...device, _links: links };
}

function searchable(attribute: string): readonly string[] | undefined {
  if (attribute === "lastUpdated") return ["eq", "gt", "ge", "lt", "le", "pr"];
  if (attribute === "id" || attribute === "status") return ["eq", "sw", "pr"];
  return attribute.startsWith("profile.") ? ["eq", "sw", "co", "pr"] : undefined;
}
