import { isObject, text } from "../../baton/model/values.ts";
import type { Probe } from "../plan/probe.ts";
import { ageInDays } from "./credential-age.ts";
import type { TokenReport } from "./report.ts";

const DAY = 86_400_000;

/** A token whose record changed so recently was used just now, in milliseconds: being used renews it. */
const JUST_NOW = 5 * 60_000;

/**
 * Which of the org's API tokens is the one in use, as far as that can be known: the only one of its owner, or the only
 * one of them that was renewed just now. Okta does not say. `now` is by Okta's clock.
 */
export function tokenInUse(
  tokens: Probe<unknown>,
  owner: string | undefined,
  now: number,
): { readonly token: TokenReport } | { readonly unknown: string } {
  if (tokens.outcome !== "read") return { unknown: "the org's API tokens are not readable with these credentials" };
  if (owner === undefined) return { unknown: "Okta does not say who owns the token" };
  const own = tokens.items
    .filter(isObject)
    // Okta renews a token that is used: one that has expired is another.
    .filter(({ userId, expiresAt }) => userId === owner && !(Date.parse(text(expiresAt)) < now));
  if (own.length === 0) return { unknown: "Okta lists no valid API token of its owner" };
  const renewed = own.filter(({ lastUpdated }) => Math.abs(now - Date.parse(text(lastUpdated))) < JUST_NOW);
  const found = own.length === 1 ? own : renewed;
  if (found.length !== 1) {
    return { unknown: `its owner has ${own.length} API tokens, and Okta does not say which of them this one is` };
  }
  return { token: tokenReport(found[0]!, now) };
}

function tokenReport(token: Readonly<Record<string, unknown>>, now: number): TokenReport {
  const ageDays = ageInDays(token.created, now);
  const expiresAt = Date.parse(text(token.expiresAt));
  const times = ["created", "lastUpdated", "expiresAt"].filter((name) => text(token[name]) !== "");
  const { network } = token;
  const connection = isObject(network) ? text(network.connection) : "";
  const zones = (name: "include" | "exclude") => {
    const list = isObject(network) ? network[name] : undefined;
    return Array.isArray(list) && list.length > 0 ? ` ${name} ${list.map(text).join(", ")}` : "";
  };
  return {
    name: text(token.name),
    id: text(token.id),
    ...Object.fromEntries(times.map((name) => [name, text(token[name])])),
    ...(ageDays !== undefined && { ageDays }),
    ...(!Number.isNaN(expiresAt) && { daysLeft: Math.floor((expiresAt - now) / DAY) }),
    ...(connection !== "" && { network: `${connection}${zones("include")}${zones("exclude")}` }),
  };
}
