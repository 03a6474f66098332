import { GOVERNED_ROLES, governing } from "../org/admins/governed.ts";
import { ROLE_LABELS } from "../org/admins/roles.ts";
import type { Org } from "../org/org.ts";
import { Random } from "../org/random.ts";
import type { GroupEntry, LabelledRecord, RoleRow, UserEntry } from "../org/types.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");

const CUSTOM_ROLES = [
  "Contractor onboarding",
  "Help desk, tier 2",
  "App auditors",
  "MFA resetters",
  "Région Sud",
  "Unused",
];
const RESOURCE_SETS = ["Contractors", "EMEA: people & apps", "Finance apps", "Everything", "Nothing bound"];
/** Still a standard role, but one that Okta's description of role types has dropped. */
const RETIRED = "MOBILE_ADMIN";

/** Adds admin roles, custom roles, resource sets, bindings and API tokens to an org that has users and groups. */
export function seedAdmins(org: Org, random: Random): void {
  const people = org.users.filter((user) => user?.record.status === "ACTIVE") as UserEntry[];
  const groups = org.groups.filter((group) => group !== undefined && group.record.type !== "BUILT_IN") as GroupEntry[];
  seedStandardRoles(org, random, people, groups);
  CUSTOM_ROLES.forEach((label) => {
    org.customRoles.push(labelled(random, "cr0", label));
  });
  RESOURCE_SETS.forEach((label) => {
    org.resourceSets.push(labelled(random, "iam", label));
  });
  seedBindings(org, random, people, groups);
  seedGovernedRoles(org, people, groups);
  seedTokens(org, random, people);
}

function seedStandardRoles(org: Org, random: Random, people: UserEntry[], groups: GroupEntry[]): void {
  const types = Object.keys(ROLE_LABELS).filter((type) => type !== RETIRED);
  const holders = Math.min(people.length, 3 + Math.ceil(people.length / 800));
  for (let i = 0; i < holders; i++) {
    const user = i === 0 ? people[0]! : random.pick(people);
    if (user.roles.length > 0) continue;
    org.addUserRole(user, roleRow(random, types[i % types.length]!, "USER"));
    if (i % 5 === 3) org.addUserRole(user, roleRow(random, "READ_ONLY_ADMIN", "USER", "INACTIVE"));
  }
  const adminGroups = Math.min(groups.length, 1 + Math.floor(groups.length / 50));
  for (let i = 0; i < adminGroups; i++) {
    const group = random.pick(groups);
    if (group.roles.length > 0 || group.members.length > 500) continue;
    org.addGroupRole(group, roleRow(random, types[(i * 3 + 4) % types.length]!, "GROUP"), true);
  }
}

/** Gives each governed role to some users and to a group; ids come from their own seed. */
function seedGovernedRoles(org: Org, people: UserEntry[], groups: GroupEntry[]): void {
  const random = new Random(GOVERNED_ROLES.length);
  if (people.length < 10) return;
  const small = groups.filter((group) => group.members.length > 0 && group.members.length <= 50);
  GOVERNED_ROLES.forEach((type, i) => {
    const holders = [random.pick(people), people[i + 1]!];
    for (const user of new Set(holders)) org.addUserRole(user, roleRow(random, type, "USER"));
    if (small.length > 0) org.addGroupRole(random.pick(small), roleRow(random, type, "GROUP"), true);
  });
}

function roleRow(random: Random, type: string, assignmentType: string, status = "ACTIVE"): RoleRow {
  const created = random.time(START, END);
  const dates = { created, lastUpdated: created };
  return {
    id: random.id("ra1"),
    label: ROLE_LABELS[type]!,
    type,
    status,
    ...dates,
    assignmentType,
    ...governing(type, "unlisted"),
  };
}

function labelled(random: Random, prefix: string, label: string): LabelledRecord {
  const created = random.time(START, END);
  return { id: random.id(prefix), label, description: `${label} at Acme`, created, lastUpdated: created };
}

/** Binds each custom role but the last to some sets; a member of a binding shows the role on its own list, too. */
function seedBindings(org: Org, random: Random, people: UserEntry[], groups: GroupEntry[]): void {
  org.customRoles.slice(0, -1).forEach((role, i) => {
    for (const set of org.resourceSets.slice(i % 2, 1 + (i % 4))) {
      const members = org.addBinding(set.id, role.id);
      const users = people.length === 0 ? 0 : i === 0 && people.length > 50_000 ? 120 : 1 + random.below(3);
      const principals = new Set<UserEntry | GroupEntry>();
      for (let n = 0; n < users; n++) principals.add(random.pick(people));
      if (groups.length > 0 && i % 2 === 0) {
        const group = random.pick(groups);
        if (group.members.length <= 500) principals.add(group);
      }
      for (const holder of principals) {
        const isUser = "groups" in holder;
        const created = random.time(START, END);
        const id = random.id("irb");
        const dates = { created, lastUpdated: created };
        members.push({ id, ...dates, principal: `${isUser ? "users" : "groups"}/${holder.record.id}` });
        const row = { id, role: role.id, label: role.label, type: "CUSTOM", status: "ACTIVE", ...dates };
        const where = { assignmentType: isUser ? "USER" : "GROUP", "resource-set": set.id };
        if (isUser) org.addUserRole(holder, { ...row, ...where });
        else org.addGroupRole(holder, { ...row, ...where }, true);
      }
    }
  });
}

function seedTokens(org: Org, random: Random, people: UserEntry[]): void {
  const count = people.length === 0 ? 0 : Math.min(60, 6 + Math.floor(people.length / 1000));
  for (let i = 0; i < count; i++) {
    const created = random.time(START, END);
    org.apiTokens.push({
      id: random.id("00T"),
      name: ["Provisioning", "Reporting", "Terraform", "Nightly export", "Old: do not use"][i % 5]!,
      // A token of an agent belongs to nobody.
      ...(i % 6 === 5
        ? { clientName: "Okta AD Agent" }
        : { userId: random.pick(people).record.id, clientName: "Okta API" }),
      tokenWindow: "P30D",
      ...(i % 4 === 3 ? {} : { network: { connection: "ANYWHERE" } }),
      created,
      ...(i % 3 === 2 ? {} : { expiresAt: random.time(END, END + 90 * 86_400_000) }),
      ...(i % 5 === 4 ? {} : { lastUpdated: random.time(Date.parse(created), END) }),
    });
  }
}
