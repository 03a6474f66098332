import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { GroupRecord } from "../org/types.ts";
import { DEPARTMENTS, GROUP_KINDS } from "./names.ts";

const START = Date.parse("2019-03-04T09:00:00Z");
const END = Date.parse("2025-06-01T00:00:00Z");
/** The share of groups that nobody is in. */
const EMPTY = 0.15;

/**
 * Fills an org with groups: Everyone, then groups whose sizes fall off as in real orgs (a few large, many small, some
 * empty) and add up to `memberships`. Deactivated users are in none.
 */
export function seedGroups(org: Org, random: Random, count: number, memberships: number): void {
  const pool = org.users.flatMap((user) =>
    user !== undefined && user.record.status !== "DEPROVISIONED" ? user.index : [],
  );
  for (let i = 0; i < count; i++) org.addGroup(groupRecord(i, random), emptyStats());
  org.fillGroup(org.groups[0]!, pool);
  const sizes = groupSizes(random, count - 1, memberships - pool.length, pool.length);
  sizes.forEach((size, i) => {
    org.fillGroup(
      org.groups[i + 1]!,
      random.sample(pool.length, size).map((place) => pool[place]!),
    );
  });
}

function emptyStats() {
  return { usersCount: 0, appsCount: 0, groupPushMappingsCount: 0, hasAdminPrivilege: false };
}

function groupRecord(i: number, random: Random): GroupRecord {
  const created = random.time(START, END);
  const lastUpdated = random.time(Date.parse(created), END);
  const dates = { created, lastUpdated, lastMembershipUpdated: random.time(Date.parse(created), END) };
  const id = random.id("00g");
  if (i === 0) {
    const profile = { name: "Everyone", description: "All users in your organization" };
    return { id, ...dates, objectClass: ["okta:user_group"], type: "BUILT_IN", profile };
  }
  const department = DEPARTMENTS[i % DEPARTMENTS.length]!;
  const kind = GROUP_KINDS[Math.floor(i / DEPARTMENTS.length) % GROUP_KINDS.length]!;
  const round = Math.floor(i / (DEPARTMENTS.length * GROUP_KINDS.length));
  const name = `${department} ${kind}${round === 0 ? "" : ` ${round + 1}`}`;
  if (i % 9 === 4) {
    const profile = {
      ...{ name, description: `acme.example/Groups/${department}`, samAccountName: name.replaceAll(" ", "_") },
      ...{ dn: `CN=${name},OU=Groups,DC=acme,DC=example`, windowsDomainQualifiedName: `ACME\\${name}` },
    };
    return { id, ...dates, objectClass: ["okta:windows_security_principal"], type: "APP_GROUP", profile };
  }
  const profile = i % 4 === 3 ? { name } : { name, description: i % 10 === 6 ? "" : `${kind} of ${department}` };
  return { id, ...dates, objectClass: ["okta:user_group"], type: "OKTA_GROUP", profile };
}

/** Sizes by Zipf's law, scaled so that they add up to `total` though none exceeds three fifths of the pool. */
function groupSizes(random: Random, count: number, total: number, pool: number): number[] {
  if (count <= 0) return [];
  const most = Math.floor(pool * 0.6);
  const places = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [places[i], places[other]] = [places[other]!, places[i]!];
  }
  const filled = count < 4 ? count : Math.ceil(count * (1 - EMPTY));
  const weights = Array.from({ length: filled }, (_, rank) => 1 / (rank + 3) ** 0.9);
  let low = 0;
  let high = Math.max(1, total) * count;
  for (let i = 0; i < 60; i++) {
    const scale = (low + high) / 2;
    const sum = weights.reduce((all, weight) => all + Math.min(most, Math.round(weight * scale)), 0);
    if (sum < total) low = scale;
    else high = scale;
  }
  const sizes = new Array<number>(count).fill(0);
  weights.forEach((weight, rank) => {
    const size = Math.min(most, Math.round(weight * high));
    sizes[places[rank]!] = Math.max(Math.min(1, most), size);
  });
  return sizes;
}
