import { tokenParty } from "./log/parties.ts";
import type { Org } from "./org.ts";
import type { JsonObject } from "./types.ts";

/** Adds an API token of a user. */
export function createToken(org: Org, name: string, userId: string): JsonObject {
  const now = org.now();
  const token = {
    ...{ id: org.newId("00T"), name, userId, clientName: "Okta API", tokenWindow: "P30D" },
    ...{ network: { connection: "ANYWHERE" }, created: now, lastUpdated: now },
  };
  org.apiTokens.push(token);
  org.log.record("system.api_token.create", [tokenParty(token)]);
  return token;
}

/** Changes an API token. */
export function updateToken(org: Org, token: JsonObject, changes: JsonObject): void {
  Object.assign(token, changes, { lastUpdated: org.now() });
  org.log.record("system.api_token.update", [tokenParty(token)]);
}

/** Takes an API token away. */
export function revokeToken(org: Org, token: JsonObject): void {
  org.apiTokens.splice(org.apiTokens.indexOf(token), 1);
  org.log.record("system.api_token.revoke", [tokenParty(token)]);
}

/** Takes a user's API tokens away: they die with their owner. */
export function revokeTokensOf(org: Org, userId: string): void {
  for (const token of org.apiTokens.filter((one) => one.userId === userId)) revokeToken(org, token);
}
