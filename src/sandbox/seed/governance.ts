import { clientRolesOf, isServiceApp } from "../org/admins/clients.ts";
import { PERMISSIONS } from "../org/admins/permissions.ts";
import { ROLE_LABELS } from "../org/admins/roles.ts";
import { groupRow } from "../org/apps/assignments.ts";
import type { Org } from "../org/org.ts";
import { Random } from "../org/random.ts";
import { add } from "../org/sorted.ts";
import type { AppEntry, GroupEntry, JsonObject, UserEntry } from "../org/types.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");
/** How many users have factors at most; beyond these only admins have. */
const MAX_FACTOR_USERS = 2000;
const GROUP_TARGETED = new Set(["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"]);
const SCOPES = ["okta.users.read", "okta.groups.manage", "okta.apps.read", "okta.logs.read", "okta.users.manage"];
const FACTORS = [
  { factorType: "push", provider: "OKTA", vendorName: "OKTA" },
  { factorType: "token:software:totp", provider: "GOOGLE", vendorName: "GOOGLE" },
  { factorType: "webauthn", provider: "FIDO", vendorName: "FIDO" },
  { factorType: "sms", provider: "OKTA", vendorName: "OKTA" },
];

/**
 * Adds what explains access and says how far it reaches: group rules and owners, role targets, permissions, resources,
 * OAuth apps' scopes, keys, secrets and roles, factors, and who uses which device. Its numbers are its own, so that the
 * rest of an org is the same with it and without.
 */
export function seedGovernance(org: Org, seed: number): void {
  const random = new Random(seed * 31 + 7);
  const people = org.users.filter((user) => user?.record.status === "ACTIVE") as UserEntry[];
  const groups = org.groups.filter((group) => group?.record.type === "OKTA_GROUP") as GroupEntry[];
  if (people.length === 0) return;
  if (groups.length > 0) {
    seedRules(org, random, groups);
    seedOwners(org, random, people, groups);
  }
  seedReach(org, random, groups);
  for (const app of org.apps) if (app?.record.signOnMode === "OPENID_CONNECT") seedOauth(org, random, app, people);
  for (const user of people) {
    if (user.index < MAX_FACTOR_USERS || user.roles.length > 0) seedFactors(random, user);
  }
  for (const device of org.devices) {
    const created = String(device.created);
    const users = random.chance(0.1) ? [] : [random.pick(people)];
    const more = {
      created,
      managementStatus: random.chance(0.5) ? "MANAGED" : "NOT_MANAGED",
      screenLockType: "BIOMETRIC",
    };
    org.deviceUsers.set(
      String(device.id),
      users.map(({ record }) => ({ userId: record.id, ...more })),
    );
  }
}

function dates(random: Random): { created: string; lastUpdated: string } {
  const created = random.time(START, END);
  return { created, lastUpdated: created };
}

/** Rules of every status; whoever fits the active ones is in their groups. */
function seedRules(org: Org, random: Random, groups: readonly GroupEntry[]): void {
  const wanted = [
    { name: "Sales in Göteborg", department: "Sales", status: "ACTIVE" },
    { name: "Security in Göteborg", department: "Security", status: "ACTIVE" },
    { name: "Legal in Göteborg", department: "Legal", status: "INACTIVE" },
    { name: "Nobody knows", department: "Gone", status: "INVALID" },
  ];
  for (const { name, department, status } of wanted) {
    const group = random.pick(groups);
    const rule = {
      record: {
        ...{ id: random.id("0pr"), type: "group_rule", name, status, ...dates(random) },
        conditions: {
          people: { users: { exclude: [] }, groups: { exclude: [] } },
          expression: {
            value: `user.city == "Göteborg" and user.department == "${department}"`,
            type: "urn:okta:expression:1.0",
          },
        },
        actions: { assignUserToGroups: { groupIds: [group.record.id] } },
        allGroupsValid: status !== "INVALID",
      },
      members: new Set<number>(),
    };
    org.groupRules.push(rule);
    if (status !== "ACTIVE") continue;
    for (const user of org.users) {
      const { profile, status: state } = user!.record;
      if (state === "DEPROVISIONED" || profile.city !== "Göteborg" || profile.department !== department) continue;
      if (add(user!.groups, group.index)) rule.members.add(user!.index);
      add(group.members, user!.index);
      for (const index of group.apps) {
        const app = org.apps[index]!;
        if (!app.userRows.has(user!.index)) org.setAppUser(app, user!.index, groupRow(app.record.lastUpdated, group));
      }
    }
  }
}

/** One group in six has owners: people, another group, and now and then somebody who has left. */
function seedOwners(org: Org, random: Random, people: readonly UserEntry[], groups: readonly GroupEntry[]): void {
  const left = org.users.find((user) => user?.record.status === "DEPROVISIONED");
  groups.forEach((group, i) => {
    if (i % 6 !== 1) return;
    const user = i % 5 === 2 && left !== undefined ? left : random.pick(people);
    const other = random.pick(groups);
    const more = { originType: "OKTA_DIRECTORY", resolved: true, lastUpdated: random.time(START, END) };
    const name = `${user.record.profile.firstName} ${user.record.profile.lastName}`;
    group.owners = [
      { id: user.record.id, type: "USER", displayName: name, ...more },
      ...(i % 4 === 3 && other !== group
        ? [{ id: other.record.id, type: "GROUP", displayName: String(other.record.profile.name), ...more }]
        : []),
    ];
  });
}

/** What roles may do and reach: targets of half of the roles that take them, permissions, resources. */
function seedReach(org: Org, random: Random, groups: readonly GroupEntry[]): void {
  const apps = org.apps.filter((app) => app !== undefined);
  for (const holder of [...org.users, ...org.groups]) {
    for (const { id, type } of holder?.roles ?? []) {
      if (random.chance(0.5)) continue;
      if (GROUP_TARGETED.has(type) && groups.length > 0) {
        org.roleTargets.set(id, { groups: [random.pick(groups).record.id], apps: [] });
      } else if (type === "APP_ADMIN" && apps.length > 0) {
        const { id: appId, name } = random.pick(apps).record;
        org.roleTargets.set(id, { groups: [], apps: [random.chance(0.5) ? { name } : { name, id: appId }] });
      }
    }
  }
  org.customRoles.forEach((role, i) => {
    const labels = random.sample(PERMISSIONS.length, 1 + (i % 4)).map((place) => PERMISSIONS[place]!);
    org.permissions.set(
      role.id,
      labels.map((label) => ({ label, ...dates(random) })),
    );
  });
  org.resourceSets.forEach((set, i) => {
    const paths = [
      ...(i % 4 === 3 || groups.length === 0
        ? ["users", "groups", "apps"]
        : [`groups/${random.pick(groups).record.id}`]),
      ...(i % 2 === 1 && groups.length > 0 ? [`groups/${random.pick(groups).record.id}/users`] : []),
      ...(i % 3 === 2 && apps.length > 0 ? [`apps/${random.pick(apps).record.id}`] : []),
    ];
    org.setResources.set(
      set.id,
      [...new Set(paths)].map((path) => ({ id: random.id("ire"), path, ...dates(random) })),
    );
  });
}

/** An OAuth app's scopes, keys and secrets; API service apps hold admin roles by themselves, too. */
function seedOauth(org: Org, random: Random, app: AppEntry, people: readonly UserEntry[]): void {
  const service = isServiceApp(app);
  const scopes = service ? random.sample(SCOPES.length, 3).map((place) => SCOPES[place]!) : ["okta.users.read.self"];
  for (const scopeId of scopes) {
    const by = random.pick(people).record.id;
    const grant = { id: random.id("oag"), status: "ACTIVE", ...dates(random), scopeId, clientId: app.record.id };
    app.grants.push({ ...grant, source: "ADMIN", userId: by, createdBy: { id: by, type: "User" } });
  }
  if (!service) {
    app.secrets.push({
      ...{ id: random.id("ocs"), client_secret: random.id("secret-of-nobody-"), secret_hash: random.id("hash") },
      ...{ status: "ACTIVE", ...dates(random) },
    });
    return;
  }
  const key = { kty: "RSA", use: "sig", alg: "RS256", e: "AQAB" };
  for (const status of ["ACTIVE", "INACTIVE"]) {
    const own = { id: random.id("pks"), kid: random.id("kid"), n: random.id("n").repeat(8), status, ...dates(random) };
    app.keys.push({ ...key, ...own });
  }
  for (const type of ["READ_ONLY_ADMIN", ...(app.index % 2 === 1 ? ["APP_ADMIN"] : [])]) {
    const row = { id: random.id("kra"), label: ROLE_LABELS[type]!, type, status: "ACTIVE", assignmentType: "CLIENT" };
    org.clientRoles.set(app.record.id, [...clientRolesOf(org, app.record.id), { ...row, ...dates(random) }]);
  }
}

function seedFactors(random: Random, user: UserEntry): void {
  if (random.chance(0.25)) return;
  const kinds: JsonObject[] = random.sample(FACTORS.length, 1 + random.below(2)).map((place) => FACTORS[place]!);
  for (const kind of kinds) user.factors.push({ id: random.id("ufs"), ...kind, status: "ACTIVE", ...dates(random) });
}
