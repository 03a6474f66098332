import type { Evidence } from "../../../baton/model/evidence.ts";
import type { NotKnown, Rule } from "../../../baton/model/finding.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { notKnown, profileText, unreadable } from "../facts.ts";
import { peopleOf, Usable } from "../people.ts";

function* peopleGaps(evidence: Evidence): Generator<NotKnown> {
  if (peopleOf(evidence).total === 0) yield notKnown("users were not read");
  yield* unreadable(evidence, /users|apps|members|role/i);
}

/** The entitlements that a user can use, in words, and the way to the first of them, admin access first. */
function usableBy(usable: Usable, user: ResourceKey): { count: number; path: readonly ResourceKey[] } | undefined {
  const ways = usable.by(user);
  if (ways.size === 0) return undefined;
  const [, path] = [...ways].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))[0]!;
  return { count: ways.size, path };
}

const rank = (entitlementId: string) => (/^(role|custom-role|resourceset-binding):/.test(entitlementId) ? 0 : 1);

const held = (count: number) => (count === 1 ? "one app or admin role" : `${count} apps or admin roles`);

export const disabledAccountAccess: Rule = {
  id: "disabled-account-access",
  title: "Access of a deprovisioned or suspended account",
  severity: "medium",
  why: "The access is there again the moment the account is activated, and licences are paid for nobody",
  remedy: "Take the access away, or let a rule or the source of profiles do so when people leave",
  sources: ["general practice"],
  needs: "users, groups, apps and admin roles",
  *judge(evidence) {
    const { disabled, withoutStatus } = peopleOf(evidence);
    yield* peopleGaps(evidence);
    for (const id of withoutStatus) yield notKnown("the status of an account is not known", { type: "user", id });
    const usable = new Usable(evidence);
    for (const [id, status] of disabled) {
      const subject = { type: "user", id };
      const found = usableBy(usable, subject);
      if (found === undefined) continue;
      yield { subject, what: `is ${status} and still has ${held(found.count)}`, path: found.path };
    }
  },
};

export const accessNeverUsed: Rule = {
  id: "access-never-used",
  title: "Access that was never used",
  severity: "low",
  why: "An account that has never signed in in 90 days does not need what it has, and may be claimed by whoever gets its first password",
  remedy: "Ask for whom the account is, and deactivate it where nobody needs it",
  sources: ["general practice"],
  needs: "users with their last sign-in, groups, apps and admin roles",
  *judge(evidence) {
    const { neverSignedIn, withoutAge } = peopleOf(evidence);
    yield* peopleGaps(evidence);
    for (const id of withoutAge) yield notKnown("the age of an account is not known", { type: "user", id });
    const usable = new Usable(evidence);
    for (const id of neverSignedIn) {
      const subject = { type: "user", id };
      const found = usableBy(usable, subject);
      if (found !== undefined) {
        yield { subject, what: `has never signed in and has ${held(found.count)}`, path: found.path };
      }
    }
  },
};

export const samePerson: Rule = {
  id: "same-person",
  title: "Several accounts of the same person",
  severity: "low",
  why: "Access is reviewed account by account: together they may have what one person should not, and one is easily forgotten when the person leaves",
  remedy: "Keep one account a person, or mark the second as an admin account and review both together",
  sources: ["general practice"],
  needs: "users with email or employee id",
  *judge(evidence) {
    const { shared, total } = peopleOf(evidence);
    if (total === 0) yield notKnown("users were not read");
    for (const [mark, ids] of shared) {
      const [first, ...others] = ids.map((id) => ({ type: "user", id }));
      const names = others.map((other) => evidence.name(other)).join(", ");
      yield { subject: first!, what: `has the same ${mark} as ${names}`, path: others };
    }
  },
};

export const inactiveAppWithUsers: Rule = {
  id: "inactive-app-with-users",
  title: "An inactive app that still has users",
  severity: "low",
  why: "All of them have access again once somebody activates the app",
  remedy: "Take the assignments away, or delete the app",
  sources: ["general practice"],
  needs: "apps, inactive ones too (as by default)",
  *judge(evidence) {
    yield* unreadable(evidence, /apps/i);
    let inactive = 0;
    for (const { key, resource } of evidence.resources("app")) {
      const status = profileText(resource, "status");
      if (status === "") yield notKnown("the status of an app is not known", key);
      if (status !== "INACTIVE") continue;
      inactive += 1;
      const users = evidence.count(`app:${key.id}:access`, "user");
      if (users > 0) yield { subject: key, what: `is INACTIVE and is assigned to ${users} users` };
    }
    if (inactive === 0) yield notKnown("no inactive app is in the snapshot: there is none, or the sync left them out");
  },
};
