import type { LimitReport, PlanReport, SyncEstimate } from "../../okta/plan/report.ts";
import { printable } from "../../runtime/printable-text.ts";
import { type Cell, count, duration, pluralize, table, wrap } from "../terminal/layout.ts";

/** The plan is laid out for this width, whatever the terminal's is. */
const WIDTH = 80;

/** The plan as plain data, for `-o json`. */
export function planData({ org, rateLimitShare, limits, sync, calls }: PlanReport): Record<string, unknown> {
  const { seconds, floorSeconds, ...rest } = sync;
  return {
    ...{ org, rateLimitShare, limits },
    sync: { ...rest, seconds, minutes: minutes(seconds), floorSeconds, floorMinutes: minutes(floorSeconds) },
    calls,
  };
}

function minutes(seconds: number): number {
  return Math.round(seconds / 6) / 10;
}

/** The plan for people. */
export function renderPlan({ org, rateLimitShare, limits, sync, calls }: PlanReport): string {
  const deciding = limits.find(({ bucket }) => bucket === sync.decidedBy);
  const decides =
    deciding === undefined
      ? "No limit makes it wait."
      : `${deciding.bucket} decides: ${pluralize(deciding.syncCalls, "call")} at ${count(deciding.limit * rateLimitShare)} a minute. With all of each limit it would be ${duration(sync.floorSeconds * 1000)}.`;
  const said = [...routeTexts(sync), ...sync.notes].map((text) => item(text)).join("");
  return [
    `Plan of a full sync of ${printable(org)}; asked ${pluralize(calls, "question")}, wrote nothing.\n`,
    `${wrap(`${estimateText(sync)} ${decides}`, WIDTH).join("\n")}\n`,
    `Calls by limit (a sync may use ${percent(rateLimitShare)} of each, see --rate-limit-share):\n${limitTable(limits)}`,
    said,
  ].join("\n");
}

/** How large the org is, and what a full sync of it takes. */
export function estimateText({ users, groups, memberships, apps, admins, calls, seconds }: SyncEstimate): string {
  const org = `${pluralize(users, "user")}, ${pluralize(groups, "group")} with ${pluralize(memberships, "membership")}, ${pluralize(apps, "app")}, ${pluralize(admins, "user")} with an admin role`;
  return `A full sync (${org}) takes some ${pluralize(calls, "call")} and ${duration(seconds * 1000)}.`;
}

/** From where a sync reads what can be read from two sides, where that is not the usual one. */
export function routeTexts({ routes: { appGroups, members } }: SyncEstimate): string[] {
  const texts: string[] = [];
  if (appGroups.part < 1) {
    const rest = appGroups.part === 0 ? "" : `, and for ${percent(appGroups.part)} of the apps from the apps`;
    texts.push(
      `which groups have an app is read from the groups (${pluralize(appGroups.groupCalls, "call")})${rest}: that ends sooner`,
    );
  }
  if (members.part > 0) {
    const rest = members.part === 1 ? "" : `, as far as that ends sooner, and the rest from the groups`;
    texts.push(`who is in which group is read from the users (${pluralize(members.partCalls, "call")})${rest}`);
  }
  return texts;
}

/** What a sync takes of each limit. */
export function limitTable(limits: readonly LimitReport[]): string {
  const rows = limits.map(({ bucket, limit, remaining, syncCalls, syncShare, seconds }): Cell[] => [
    bucket,
    limit,
    remaining,
    syncCalls,
    percent(syncShare),
    seconds === 0 ? "" : duration(seconds * 1000),
  ]);
  return table(["Requests a minute", "limit", "left now", "a sync", "of the limit", "takes"], rows);
}

/** A part from 0 to 1, for people. */
export function percent(part: number): string {
  return part > 0 && part < 0.01 ? "<1 %" : `${count(part * 100)} %`;
}

function item(text: string): string {
  return wrap(printable(text), WIDTH - 4)
    .map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`)
    .join("");
}
