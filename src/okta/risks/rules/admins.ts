import type { Rule } from "../../../baton/model/finding.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { adminsOf, type HeldAdminRole, pathTo, roleNames, SUPER_ADMIN, worst } from "../admins.ts";
import { DAY_MS, daysSince, msOf, notKnown, profileText, rawStatus, traitOf } from "../facts.ts";

/** Okta HealthInsight: at most so many super admins. */
const MAX_SUPER_ADMINS = 15;
const MAX_IDLE_DAYS = 90;
const MAX_PASSWORD_DAYS = 365;
const MAX_GROUP_MEMBERS = 25;

const user = (id: string): ResourceKey => ({ type: "user", id });
const NEEDS = "admin roles; custom ones take --sync-custom-roles";

export const tooManySuperAdmins: Rule = {
  id: "too-many-super-admins",
  title: "Too many super administrators",
  severity: "high",
  why: "A super administrator can do everything in the org; each account more is one more way in",
  remedy: "Give most of them a role that fits their work, as Organizational Administrator or a custom role",
  sources: ["Okta HealthInsight"],
  needs: NEEDS,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    const isSuper = (roles: readonly HeldAdminRole[]) => roles.some(({ role }) => isSuperRole(role));
    const supers = [...users.values()].filter(isSuper).length;
    const [many, most] = [supers > MAX_SUPER_ADMINS, supers * 2 > users.size];
    if (!many && !most) return;
    const why = many ? `more than ${MAX_SUPER_ADMINS}` : "more than half of all admins";
    yield {
      subject: { type: "role", id: SUPER_ADMIN },
      what: `${supers} of ${users.size} admins are super administrators: ${why}`,
    };
  },
};

export const adminNotActive: Rule = {
  id: "admin-not-active",
  title: "A privileged account that is not active",
  severity: "high",
  why: "Nobody watches an account that its owner cannot use, and its role is there again once it is activated",
  remedy: "Take the admin role from the account",
  sources: ["general practice"],
  needs: `${NEEDS}; users`,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const [id, roles] of users) {
      const status = rawStatus(evidence.find(user(id)));
      if (status === "") yield notKnown("the status of an admin is not in the snapshot", user(id));
      else if (status !== "ACTIVE") {
        const what = `is ${status} and holds ${roleNames(evidence, roles)}`;
        yield { subject: user(id), what, path: pathTo(worst(roles)) };
      }
    }
  },
};

export const adminIdle: Rule = {
  id: "admin-idle",
  title: `A privileged account that has not signed in for ${MAX_IDLE_DAYS} days`,
  severity: "medium",
  why: "A role that is not used is not needed, and misuse of the account is noticed late",
  remedy: "Ask the owner, and take the role away where it is not needed",
  sources: ["general practice"],
  needs: `${NEEDS}; users with their last sign-in`,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const [id, roles] of users) {
      const resource = evidence.find(user(id));
      const trait = resource && traitOf(resource);
      const last = msOf(trait?.lastLogin);
      const since = last ?? msOf(resource?.createdAt);
      if (trait === undefined || since === undefined) {
        yield notKnown("when an admin last signed in is not in the snapshot", user(id));
      } else if (evidence.now - since > MAX_IDLE_DAYS * DAY_MS) {
        const when =
          last === undefined
            ? `has never signed in since it was created ${daysSince(evidence, since)} days ago`
            : `last signed in ${daysSince(evidence, since)} days ago`;
        yield {
          subject: user(id),
          what: `${when} and holds ${roleNames(evidence, roles)}`,
          path: pathTo(worst(roles)),
        };
      }
    }
  },
};

export const adminWithoutFactor: Rule = {
  id: "admin-without-factor",
  title: "A privileged account without a second factor",
  severity: "critical",
  why: "Whoever learns the password is an administrator",
  remedy: "Have the owner enrol a factor that resists phishing, and require one by policy",
  sources: ["general practice"],
  needs: `${NEEDS}; factors of admins (--sync-reach)`,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    if (!evidence.hasType("user-factors")) {
      yield notKnown("factors of admins were not read (--sync-reach)");
      return;
    }
    for (const [id, roles] of users) {
      const factors = evidence.find({ type: "user-factors", id })?.profile?.active_factors;
      if (typeof factors !== "number") yield notKnown("factors of an admin were not read", user(id));
      else if (factors === 0) {
        const what = `has no active factor and holds ${roleNames(evidence, roles)}`;
        yield { subject: user(id), what, path: pathTo(worst(roles)) };
      }
    }
  },
};

export const adminOldPassword: Rule = {
  id: "admin-old-password",
  title: `A privileged account whose password is older than ${MAX_PASSWORD_DAYS} days`,
  severity: "medium",
  why: "The longer a password is in use, the likelier it has leaked somewhere",
  remedy: "Have the owner change it, or let the account sign in without a password",
  sources: ["general practice"],
  needs: `${NEEDS}; when passwords were changed (--sync-reach)`,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const [id, roles] of users) {
      const changed = Date.parse(profileText(evidence.find(user(id)), "c1_okta_password_changed"));
      if (Number.isNaN(changed)) {
        yield notKnown("when an admin's password was changed is not in the snapshot (--sync-reach)", user(id));
      } else if (evidence.now - changed > MAX_PASSWORD_DAYS * DAY_MS) {
        const days = daysSince(evidence, changed);
        const what = `has a password that is ${days} days old and holds ${roleNames(evidence, roles)}`;
        yield { subject: user(id), what, path: pathTo(worst(roles)) };
      }
    }
  },
};

export const adminRoleDirect: Rule = {
  id: "admin-role-direct",
  title: "An admin role held directly rather than through a group",
  severity: "low",
  why: "Access given to one account by hand is seldom reviewed, and stays when its owner moves on",
  remedy: "Give the role to a group, and put the person into the group",
  sources: ["general practice"],
  needs: NEEDS,
  *judge(evidence) {
    const { users, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const [id, roles] of users) {
      for (const { role, direct } of roles) {
        if (direct === true) {
          yield { subject: user(id), what: `holds ${evidence.name(role)} directly`, path: [role] };
        } else if (direct === null) yield notKnown("whether an admin role is held directly is not stated", user(id));
      }
    }
  },
};

export const largeAdminGroup: Rule = {
  id: "large-admin-group",
  title: `A group with an admin role and more than ${MAX_GROUP_MEMBERS} members`,
  severity: "medium",
  why: "Membership of a large group changes often, and each change makes an administrator",
  remedy: "Give the role to a small group that is only for it",
  sources: ["general practice"],
  needs: `${NEEDS}; groups`,
  *judge(evidence) {
    const { groups, gaps } = adminsOf(evidence);
    yield* gaps;
    for (const [id, roles] of groups) {
      const members = evidence.count(`group:${id}:member`, "user");
      if (members <= MAX_GROUP_MEMBERS) continue;
      const what = `has ${members} members and holds ${roleNames(evidence, roles)}`;
      yield { subject: { type: "group", id }, what, path: [worst(roles).role] };
    }
  },
};

export function isSuperRole({ type, id }: ResourceKey): boolean {
  return type === "role" && id === SUPER_ADMIN;
}
