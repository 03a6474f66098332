import { appParty, groupParty, userParty } from "../org/log/parties.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";

const DAY = 86_400_000;

/** Writes what has happened in the org in the day before now: memberships and sign-ons of some of its users. */
export function seedLog(org: Org, random: Random): void {
  const people = org.users.filter((user) => user?.record.status === "ACTIVE");
  const count = Math.min(200, people.length);
  const start = org.clock.now() - DAY;
  for (let i = 0; i < count; i++) {
    const user = random.pick(people)!;
    const actor = userParty(user);
    const at = start + Math.floor((i * DAY) / (count + 1));
    const requestId = random.id("req");
    const group = user.groups.length > 1 ? org.groups[user.groups[1]!] : undefined;
    const app = org.apps.length > 0 ? org.apps[random.below(org.apps.length)] : undefined;
    if (i % 3 === 0 && group !== undefined) {
      const displayMessage = "Add user to group membership";
      const targets = [actor, groupParty(group)];
      org.log.add({ eventType: "group.user_membership.add", displayMessage, actor, targets, requestId, at });
    } else if (app !== undefined) {
      const displayMessage = "User single sign on to app";
      const targets = [appParty(app), { ...actor, type: "AppUser" }];
      org.log.add({ eventType: "user.authentication.sso", displayMessage, actor, targets, requestId, at });
    }
  }
}
