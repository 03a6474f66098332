import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { UserEntry } from "../org/types.ts";
import { createUser } from "../org/users/create.ts";
import { enrollFactor, removeFactor } from "../org/users/factors.ts";
import { canTransit, type Transition, transit } from "../org/users/lifecycle.ts";
import { replaceProfile } from "../org/users/profile.ts";
import { deleteUser } from "../org/users/removal.ts";
import { addressPart, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, TITLES } from "../seed/names.ts";
import { type ChangeKind, isSuperAdmin, pickEntry, userPath } from "./change.ts";

/** A login that nobody has yet. */
function freeLogin(org: Org, random: Random, firstName: string, lastName: string): string {
  const name = `${addressPart(firstName)}.${addressPart(lastName)}`;
  let login: string;
  do login = `${name}.${random.below(1_000_000)}@acme.example`;
  while (org.userByLogin(login) !== undefined);
  return login;
}

function create(org: Org, random: Random): string[] {
  const firstName = random.pick(FIRST_NAMES);
  const lastName = random.pick(LAST_NAMES);
  const login = freeLogin(org, random, firstName, lastName);
  const profile = { firstName, lastName, login, email: login, department: random.pick(DEPARTMENTS) };
  const group = pickEntry(random, org.groups, ({ record }) => record.type === "OKTA_GROUP");
  const groupIds = group !== undefined && random.chance(0.5) ? [group.record.id] : [];
  const more = { credentials: {}, provider: false, nextLogin: null };
  return [userPath(createUser(org, { ...more, profile, groupIds, activate: random.chance(0.8) }))];
}

function update(org: Org, random: Random): string[] | undefined {
  const user = pickEntry(random, org.users, ({ record }) => record.status !== "DEPROVISIONED");
  if (user === undefined) return undefined;
  const { profile } = user.record;
  const more = random.pick([
    { department: random.pick(DEPARTMENTS) },
    { title: random.pick(TITLES) },
    { displayName: `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}` },
    { secondEmail: null },
  ]);
  replaceProfile(org, user, { ...profile, ...more });
  return [userPath(user)];
}

function rename(org: Org, random: Random): string[] | undefined {
  const user = pickEntry(random, org.users, (one) => one.record.status !== "DEPROVISIONED" && !isSuperAdmin(one));
  if (user === undefined) return undefined;
  const lastName = random.pick(LAST_NAMES);
  const login = freeLogin(org, random, String(user.record.profile.firstName), lastName);
  replaceProfile(org, user, { ...user.record.profile, lastName, login, email: login });
  return [userPath(user)];
}

function lifecycle(transition: Transition): ChangeKind["apply"] {
  return (org, random) => {
    const user = pickEntry(random, org.users, (one) => canTransit(one, transition) && !isSuperAdmin(one));
    if (user === undefined) return undefined;
    transit(org, user, transition);
    return [userPath(user)];
  };
}

function remove(org: Org, random: Random): string[] | undefined {
  const user = pickEntry(random, org.users, ({ record }) => record.status === "DEPROVISIONED");
  if (user === undefined) return undefined;
  deleteUser(org, user);
  return [userPath(user)];
}

function changeFactor(org: Org, random: Random): string[] | undefined {
  const user: UserEntry | undefined = pickEntry(random, org.users, ({ record }) => record.status === "ACTIVE");
  if (user === undefined) return undefined;
  if (user.factors.length > 0 && random.chance(0.5)) removeFactor(org, user, random.pick(user.factors));
  else enrollFactor(org, user, "token:software:totp", random.pick(["OKTA", "GOOGLE"]));
  return [userPath(user)];
}

/** Random changes of users. */
export const USER_CHANGES: readonly ChangeKind[] = [
  { kind: "user.create", weight: 6, apply: create },
  { kind: "user.update", weight: 10, apply: update },
  { kind: "user.rename", weight: 2, apply: rename },
  { kind: "user.suspend", weight: 2, apply: lifecycle("suspend") },
  { kind: "user.unsuspend", weight: 2, apply: lifecycle("unsuspend") },
  { kind: "user.unlock", weight: 1, apply: lifecycle("unlock") },
  { kind: "user.expirePassword", weight: 1, apply: lifecycle("expire_password") },
  { kind: "user.activate", weight: 2, apply: lifecycle("activate") },
  { kind: "user.deactivate", weight: 3, apply: lifecycle("deactivate") },
  { kind: "user.delete", weight: 2, apply: remove },
  { kind: "user.changeFactor", weight: 1, apply: changeFactor },
];
