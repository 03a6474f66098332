import { isObject, text } from "../../baton/model/values.ts";
import { segment } from "../api/paths.ts";
import type { Probe, Prober } from "../plan/probe.ts";
import type { CustomRoleHeld, Reach, RolesHeld } from "./report.ts";

/** Custom roles that are looked into at most: each takes two calls. */
const MAX_CUSTOM_ROLES = 8;

/** The admin roles that a list of role assignments names, or why they are not known. */
export type Roles = { readonly held: RolesHeld } | { readonly unknown: string };

/**
 * The admin roles of a user (`/api/v1/users/{id}/roles`) or an OAuth app (`/oauth2/v1/clients/{id}/roles`), with the
 * permissions of custom ones and how far they reach. Source: Okta Management API, role assignments.
 */
export async function rolesAt(prober: Prober, path: string, whose: string): Promise<Roles> {
  const probe = await prober.list<unknown>(path);
  if (probe.outcome !== "read") return { unknown: whyUnread(probe, whose) };
  const active = probe.items.filter(isObject).filter(({ status }) => status !== "INACTIVE");
  const standard = [
    ...new Set(active.map(({ type }) => text(type)).filter((type) => type !== "" && type !== "CUSTOM")),
  ];
  const custom: CustomRoleHeld[] = [];
  for (const row of active.filter(({ type }) => type === "CUSTOM").slice(0, MAX_CUSTOM_ROLES)) {
    custom.push(await customRole(prober, row));
  }
  return { held: { standard: standard.sort(), custom } };
}

function whyUnread({ outcome, failure }: Exclude<Probe<unknown>, { outcome: "read" }>, whose: string): string {
  if (outcome === "absent") return `Okta does not show ${whose}`;
  if (outcome === "refused") return `${whose} may not be read with these credentials`;
  return `${whose} could not be read: ${failure.message}`;
}

async function customRole(prober: Prober, row: Record<string, unknown>): Promise<CustomRoleHeld> {
  const role = text(row.role);
  const set = text(row["resource-set"]);
  const [permissions, reach] = await Promise.all([permissionsOf(prober, role), reachOf(prober, set)]);
  return {
    role,
    label: text(row.label) || role,
    ...(permissions !== undefined && { permissions }),
    ...(set !== "" && { resourceSet: set }),
    reach,
  };
}

async function permissionsOf(prober: Prober, role: string): Promise<readonly string[] | undefined> {
  if (role === "") return undefined;
  const probe = await prober.get<unknown>(`/api/v1/iam/roles/${segment(role)}/permissions`);
  const body = probe.outcome === "read" ? probe.items[0] : undefined;
  if (!isObject(body) || !Array.isArray(body.permissions)) return undefined;
  return body.permissions
    .filter(isObject)
    .map(({ label }) => text(label))
    .filter((label) => label !== "")
    .sort();
}

/** How far a resource set reaches. One that cannot be read says nothing. */
async function reachOf(prober: Prober, set: string): Promise<CustomRoleHeld["reach"]> {
  const unknown = { users: "unknown", groups: "unknown", apps: "unknown" } as const;
  if (set === "") return unknown;
  const probe = await prober.get<unknown>(`/api/v1/iam/resource-sets/${segment(set)}/resources`);
  const body = probe.outcome === "read" ? probe.items[0] : undefined;
  if (!isObject(body) || !Array.isArray(body.resources)) return unknown;
  const names = body.resources.filter(isObject).flatMap(namesOf);
  return { users: reachIn(names, "users"), groups: reachIn(names, "groups"), apps: reachIn(names, "apps") };
}

/** What a resource is called: its Okta resource name (ORN), and the links to it. */
function namesOf({ orn, _links: links }: Record<string, unknown>): string[] {
  const hrefs = isObject(links)
    ? ["resource", "self", "users", "groups"].map((name) => {
        const link = links[name];
        return isObject(link) ? text(link.href) : "";
      })
    : [];
  return [text(orn), ...hrefs].filter((name) => name !== "");
}

/** A collection itself (`...:users`, `/api/v1/users`) means all that is in it; something within it means some. */
function reachIn(names: readonly string[], sort: "users" | "groups" | "apps"): Reach {
  if (names.some((name) => new RegExp(`(:|/api/v1/)${sort}/?$`).test(name))) return "all";
  const within = sort === "users" ? /:contained_resources$|\/groups\/[^/]+\/users\/?$|[:/]users[:/]/ : undefined;
  const some = names.some((name) => within?.test(name) || new RegExp(`[:/]${sort}[:/]`).test(name));
  return some ? "some" : "none";
}
