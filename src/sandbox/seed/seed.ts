import type { Clock } from "../../runtime/clock.ts";
import { Org } from "../org/org.ts";
import { Random } from "../org/random.ts";
import type { GroupEntry } from "../org/types.ts";
import { seedAdmins } from "./admins.ts";
import { seedApps } from "./apps.ts";
import { seedDevices } from "./devices.ts";
import { seedGovernance } from "./governance.ts";
import { seedGroups } from "./groups.ts";
import { seedLog } from "./log.ts";
import { seedUsers } from "./users.ts";

/** Memberships per user where nothing else is asked for, Everyone included. */
const MEMBERSHIPS_PER_USER = 9.3;

/** How large a made-up org is, and which one it is. */
export interface SeedOptions {
  readonly users: number;
  /** Everyone included; there is always at least that one. */
  readonly groups: number;
  readonly apps: number;
  /** The same numbers with the same seed give the same org. */
  readonly seed: number;
  /** Group memberships in all, Everyone's included; default: about 9.3 per user. */
  readonly memberships?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** An org of people who do not exist, with the oddities of real ones. */
export function seedOrg(options: SeedOptions): Org {
  const random = new Random(options.seed);
  const org = new Org({
    settings: {
      id: random.id("00o"),
      companyName: "Acme",
      subdomain: "acme",
      status: "ACTIVE",
      website: "https://acme.example",
      created: "2019-03-04T09:00:00.000Z",
      lastUpdated: "2024-11-05T14:30:00.000Z",
    },
    clock: options.clock,
  });
  seedUsers(org, random, options.users);
  const memberships = options.memberships ?? Math.round(options.users * MEMBERSHIPS_PER_USER);
  seedGroups(org, random, Math.max(1, options.groups), memberships);
  seedApps(org, random, options.apps);
  seedAdmins(org, random);
  seedDevices(org, random);
  seedGovernance(org, options.seed);
  for (const group of org.groups) if (group !== undefined) countUp(group);
  seedLog(org, random);
  return org;
}

function countUp(group: GroupEntry): void {
  const { stats } = group;
  if (stats === undefined) return;
  stats.usersCount = group.members.length;
  stats.appsCount = group.apps.size;
  stats.hasAdminPrivilege = group.roles.length > 0;
}
