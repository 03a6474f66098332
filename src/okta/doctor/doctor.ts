import type { Call } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { OktaClient } from "../api/client.ts";
import { segment } from "../api/paths.ts";
import { estimateOf, limitsOf } from "../plan/estimate.ts";
import { type PlanSettings, plannedOf } from "../plan/plan.ts";
import { type Probe, Prober } from "../plan/probe.ts";
import { sizeOf } from "../plan/size.ts";
import { inField } from "../resource/reading.ts";
import { USERS } from "../users/visibility.ts";
import { tokenInUse } from "./api-token.ts";
import { ALL_SCOPES, CAPABILITY_NAMES, type CapabilityName, type Needs, READS, WRITES } from "./capabilities.ts";
import { MAX_AGE_DAYS } from "./credential-age.ts";
import { keyInUse } from "./oauth-key.ts";
import { type Roles, rolesAt } from "./privileges.ts";
import type { CapabilityReport, CredentialsReport, DoctorReport } from "./report.ts";
import { type Judged, judgeRead, judgeWrite, type Privileges } from "./verdicts.ts";

/** What an examination is made with. */
export interface Examination extends PlanSettings {
  readonly client: OktaClient;
  /** The client id of the OAuth app; absent for an API token. */
  readonly clientId?: string;
  /** The id of the OAuth app's key (`kid`) with which the client signs in; absent for an API token. */
  readonly keyId?: string;
  readonly clock: Clock;
}

/** What was read of each sort of object. */
interface Seen {
  readonly users: Probe<unknown>;
  readonly groups: Probe<unknown>;
  readonly members?: Probe<unknown>;
  readonly apps: Probe<unknown>;
  readonly appUsers?: Probe<unknown>;
  readonly appGroups?: Probe<unknown>;
  readonly admins: Probe<unknown>;
  readonly userRoles?: Probe<unknown>;
  readonly groupRoles?: Probe<unknown>;
  readonly customRoles: Probe<unknown>;
  readonly sets: Probe<unknown>;
  readonly bindings?: Probe<unknown>;
  readonly tokens: Probe<unknown>;
  readonly devices: Probe<unknown>;
  readonly logs: Probe<unknown>;
}

/**
 * Finds out what credentials can do, what an org allows and how long a sync of it would last. It sends nothing but GET.
 * Throws a {@link Failure} where the credentials do not get in at all.
 */
export async function examine(examination: Examination, call: Call): Promise<DoctorReport> {
  const { client, clock, share } = examination;
  const prober = new Prober(client, call, clock);
  const users = await prober.list(`${USERS}&limit=1`);
  // Nothing can be said where not even the first answer came.
  if (users.outcome === "failed") throw users.failure;
  const seen = await readAll(prober, users);
  const now = clock.now() + client.stats().clockOffsetMs;
  const { credentials, privileges } = await whoAsks(examination, prober, seen, now);
  const judged = judgeAll(seen, privileges);
  const size =
    judged.get("review-groups")?.can === "no"
      ? undefined
      : await sizeOf(prober, seen.apps, !examination.syncInactiveApps);
  const count = (probe: Probe<unknown>) => (probe.outcome === "read" ? probe.items.length : 0);
  const counted = { resourceSets: count(seen.sets), customRoles: count(seen.customRoles) };
  const plan = plannedOf(examination, prober.typicalMs, counted);
  const estimate = size === undefined ? undefined : estimateOf(size, plan, client.buckets());
  const limits = limitsOf(client.buckets(), estimate?.callsByPattern ?? {}, share);
  const sync = privileges.blind ? undefined : estimate;
  const { calls, clockOffsetMs } = client.stats();
  return {
    org: client.origin.url,
    checkedAt: new Date(now).toISOString(),
    credentials,
    capabilities: reportsOf(judged),
    clockOffsetMs: Math.round(clockOffsetMs),
    rateLimitShare: share,
    limits,
    ...(sync !== undefined && { sync }),
    calls,
  };
}

/** One item of each list, and what belongs to one of its items. */
async function readAll(prober: Prober, users: Probe<unknown>): Promise<Seen> {
  const [groups, apps, admins, customRoles, sets, tokens, devices, logs] = await Promise.all([
    prober.list("/api/v1/groups?expand=stats&limit=20"),
    prober.list("/api/v1/apps?limit=1"),
    prober.list("/api/v1/iam/assignees/users?limit=1", { items: inField("value") }),
    prober.list("/api/v1/iam/roles", { items: inField("roles") }),
    prober.list("/api/v1/iam/resource-sets", { items: inField("resource-sets") }),
    prober.list("/api/v1/api-tokens"),
    prober.list("/api/v1/devices?limit=1"),
    prober.list("/api/v1/logs?limit=1"),
  ]);
  const group = firstId(groups, hasMembers) ?? firstId(groups);
  const app = firstId(apps);
  const admin = firstId(admins);
  const set = firstId(sets);
  const [members, groupRoles, appUsers, appGroups, userRoles, bindings] = await Promise.all([
    group && prober.list(`/api/v1/groups/${segment(group)}/users?limit=1`),
    group && prober.list(`/api/v1/groups/${segment(group)}/roles`),
    app && prober.list(`/api/v1/apps/${segment(app)}/users?limit=1`),
    app && prober.list(`/api/v1/apps/${segment(app)}/groups?limit=20`),
    admin && prober.list(`/api/v1/users/${segment(admin)}/roles`),
    set && prober.list(`/api/v1/iam/resource-sets/${segment(set)}/bindings`, { items: inField("roles") }),
  ]);
  return {
    ...{ users, groups, apps, admins, customRoles, sets, tokens, devices, logs },
    ...(members && { members }),
    ...(groupRoles && { groupRoles }),
    ...(appUsers && { appUsers }),
    ...(appGroups && { appGroups }),
    ...(userRoles && { userRoles }),
    ...(bindings && { bindings }),
  };
}

function firstId(probe: Probe<unknown>, wanted: (item: Record<string, unknown>) => boolean = () => true) {
  if (probe.outcome !== "read") return undefined;
  const found = probe.items.filter(isObject).find((item) => text(item.id) !== "" && wanted(item));
  return found === undefined ? undefined : text(found.id);
}

function hasMembers({ _embedded }: Record<string, unknown>): boolean {
  const stats = isObject(_embedded) ? _embedded.stats : undefined;
  return isObject(stats) && typeof stats.usersCount === "number" && stats.usersCount > 0;
}

/** The owner of the token or the app, its scopes and its admin roles. */
async function whoAsks(
  { client, clientId, keyId }: Examination,
  prober: Prober,
  seen: Seen,
  now: number,
): Promise<{ credentials: CredentialsReport; privileges: Privileges }> {
  const oauth = clientId !== undefined;
  const blind = oauth && seen.users.outcome === "read" && seen.users.items.length === 0;
  const scopes = oauth ? (client.grantedScopes() ?? []) : undefined;
  const owner = oauth ? undefined : await ownerOf(prober);
  const roles = await rolesOf(prober, clientId, owner?.id);
  const known = "held" in roles ? { roles: roles.held } : { rolesUnknown: roles.unknown };
  const token = oauth ? undefined : tokenInUse(seen.tokens, owner?.id, now);
  const key = clientId === undefined ? undefined : await keyOf(prober, clientId, keyId, now);
  const ageDays = (token && "token" in token ? token.token : key && "key" in key ? key.key : {}).ageDays;
  const dpop = client.provesKey();
  return {
    credentials: {
      method: oauth ? "private key" : "api token",
      ...(owner !== undefined && { owner }),
      ...(clientId !== undefined && { clientId }),
      ...(scopes !== undefined && {
        scopes: {
          granted: [...scopes].sort(),
          notGranted: ALL_SCOPES.filter((scope) => !scopes.includes(scope)).sort(),
        },
      }),
      ...(dpop !== undefined && { dpop }),
      ...known,
      ...(token !== undefined && ("token" in token ? { token: token.token } : { tokenUnknown: token.unknown })),
      ...(key !== undefined && ("key" in key ? { key: key.key } : { keyUnknown: key.unknown })),
      ...(ageDays !== undefined && { renew: ageDays > MAX_AGE_DAYS }),
    },
    privileges: {
      oauth,
      ...(scopes !== undefined && { scopes }),
      ...known,
      blind,
      notSuperAdmin: [seen.admins, seen.customRoles, seen.groups, seen.apps].some(isRoleRefusal),
    },
  };
}

async function keyOf(prober: Prober, clientId: string, keyId: string | undefined, now: number) {
  const path = `/api/v1/apps/${segment(clientId)}/credentials/jwks`;
  return keyInUse(await prober.list(path, { items: inField("keys") }), keyId ?? "", now);
}

/** Whether a read was refused for want of an admin role, not of a scope. */
function isRoleRefusal(probe: Probe<unknown>): boolean {
  return probe.outcome === "refused" && !/\bscope\b/.test(probe.failure.message);
}

async function ownerOf(prober: Prober): Promise<CredentialsReport["owner"]> {
  const me = await prober.get<unknown>("/api/v1/users/me");
  const user = me.outcome === "read" ? me.items[0] : undefined;
  if (!isObject(user) || text(user.id) === "") return undefined;
  const login = isObject(user.profile) ? text(user.profile.login) : "";
  const status = text(user.status);
  return { id: text(user.id), ...(login !== "" && { login }), ...(status !== "" && { status }) };
}

async function rolesOf(prober: Prober, clientId: string | undefined, owner: string | undefined): Promise<Roles> {
  if (clientId !== undefined) {
    return await rolesAt(prober, `/oauth2/v1/clients/${segment(clientId)}/roles`, "the app's admin roles");
  }
  if (owner === undefined) return { unknown: "Okta does not say who owns the token" };
  return await rolesAt(prober, `/api/v1/users/${segment(owner)}/roles`, "the admin roles of the token's owner");
}

function judgeAll(seen: Seen, privileges: Privileges): Map<CapabilityName, Judged> {
  const read = (needs: Needs, list: Probe<unknown>, parts: Readonly<Record<string, Probe<unknown> | undefined>> = {}) =>
    judgeRead(needs, list, parts, privileges);
  const judged = new Map<CapabilityName, Judged>([
    ["review-users", read(READS["review-users"], seen.users)],
    ["review-groups", read(READS["review-groups"], seen.groups, { "their members": seen.members })],
    [
      "review-apps",
      read(READS["review-apps"], seen.apps, {
        "the users of apps": seen.appUsers,
        "the groups of apps": seen.appGroups,
      }),
    ],
    [
      "review-admin-roles",
      read(READS["review-admin-roles"], seen.admins, {
        "the roles of users": seen.userRoles,
        "the roles of groups": seen.groupRoles,
      }),
    ],
    [
      "review-custom-roles",
      read(READS["review-custom-roles"], seen.customRoles, {
        "resource sets": seen.sets,
        "their bindings": seen.bindings,
      }),
    ],
    ["secrets", read(READS.secrets, seen.tokens)],
    ["devices", read(READS.devices, seen.devices)],
    ["system-log", read(READS["system-log"], seen.logs)],
  ]);
  judged.set("sync", judgeSync(judged));
  const readable = { users: seen.users, groups: seen.groups, apps: seen.apps };
  for (const [name, needs] of Object.entries<Needs>(WRITES)) {
    const objects = readable[needs.area ?? "users"];
    judged.set(name as CapabilityName, judgeWrite(needs, privileges, objects.outcome === "read"));
  }
  return judged;
}

/** A sync fails without users, groups and apps; whatever else it may not read it leaves out, and says so. */
function judgeSync(judged: ReadonlyMap<CapabilityName, Judged>): Judged {
  const needed = (["review-users", "review-groups", "review-apps"] as const).map((name) => ({
    name,
    of: judged.get(name)!,
  }));
  const worst = (["no", "cannot tell", "partly"] as const)
    .map((can) => needed.filter(({ of }) => of.can === can))
    .find((found) => found.length > 0);
  if (worst !== undefined) {
    const what = worst.map(({ name }) => name.replace("review-", "")).join(", ");
    const { can } = worst[0]!.of;
    const why =
      can === "no"
        ? `${what} cannot be read`
        : can === "partly"
          ? `${what}: only partly readable`
          : `${what}: see there`;
    const scopes = [...new Set(worst.flatMap(({ of }) => of.missing?.scopes ?? []))];
    const role = worst[0]!.of.missing?.adminRole;
    const missing = { ...(scopes.length > 0 && { scopes }), ...(role !== undefined && { adminRole: role }) };
    return { can, why, ...(Object.keys(missing).length > 0 && { missing }) };
  }
  const left = judged.get("review-admin-roles")?.can;
  return left === "no" ? { can: "yes", why: "without admin roles, which the snapshot then lacks" } : { can: "yes" };
}

function reportsOf(judged: ReadonlyMap<CapabilityName, Judged>): CapabilityReport[] {
  const labels: Readonly<Record<string, Needs>> = { ...READS, ...WRITES };
  return CAPABILITY_NAMES.map((name) => ({
    name,
    label: labels[name]?.label ?? "Sync users, groups and apps",
    ...judged.get(name)!,
  }));
}
