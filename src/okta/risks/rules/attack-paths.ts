import type { Evidence } from "../../../baton/model/evidence.ts";
import type { Issue, NotKnown, Rule } from "../../../baton/model/finding.ts";
import type { ResourceKey } from "../../../baton/model/ids.ts";
import { adminsOf, type HeldAdminRole, serviceAppGaps, strengthOf, strongest, worst } from "../admins.ts";
import { reaches, reachOf } from "../assignments.ts";
import { notKnown, profileText, profileTexts } from "../facts.ts";

/** Roles that show client secrets of apps. Source: OktaHound, edge Okta_ReadClientSecret. */
const SECRET_READERS = ["READ_ONLY_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"];
/** Roles that put people into groups. */
const GROUP_ADMINS = ["USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"];

/** Those to whom one of some roles is assigned itself, be they users, groups or service apps. */
function* assignedTo(evidence: Evidence, roles: readonly string[]) {
  const { users, groups, apps } = adminsOf(evidence);
  for (const [type, holders] of Object.entries({ user: users, group: groups, app: apps })) {
    for (const [id, all] of holders) {
      const own = all.filter(({ direct }) => type !== "user" || direct !== false);
      for (const held of own) {
        if (held.role.type === "role" && roles.includes(held.role.id)) yield { holder: { type, id }, all, held };
      }
    }
  }
}

export const adminReadsClientSecret: Rule = {
  id: "admin-reads-client-secret",
  title: "An admin who can read the client secret of a stronger service app",
  severity: "high",
  why: "With the secret the admin signs in as the app and does what the app's stronger role lets it: an attack path",
  remedy: "Let the app sign in with a private key in place of a secret, or give it a smaller role",
  sources: ["OktaHound"],
  needs: "service apps, their roles and credentials, targets of roles (--sync-reach)",
  *judge(evidence) {
    const { apps, gaps } = adminsOf(evidence);
    yield* gaps;
    yield* serviceAppGaps(evidence);
    if (!evidence.hasType("client-credential")) return;
    for (const [app, secret] of appsWithSecret(evidence)) {
      const roles = apps.get(app);
      if (roles === undefined) continue;
      const target = { type: "app", id: app };
      if (roles.some(({ role }) => strengthOf(role) === undefined)) {
        yield notKnown("how strong a custom role of a service app is cannot be compared", target);
      }
      for (const { holder, all, held } of assignedTo(evidence, SECRET_READERS)) {
        if (holder.id === app || strongest(all) >= strongest(roles)) continue;
        yield* reading(evidence, holder, held, target, secret, worst(roles));
      }
    }
  },
};

function* reading(
  evidence: Evidence,
  holder: ResourceKey,
  { role }: HeldAdminRole,
  target: ResourceKey,
  secret: ResourceKey,
  gained: HeldAdminRole,
): Generator<Issue | NotKnown> {
  const within =
    role.id !== "APP_ADMIN" ||
    reaches(
      reachOf(evidence, holder, role.id),
      ({ apps, appNames }) => apps.has(target.id) || appNames.has("oidc_client"),
    );
  if (within === undefined) yield notKnown("how far an Application Administrator reaches was not read", holder);
  if (within !== true) return;
  const app = evidence.name(target);
  yield {
    subject: holder,
    what: `can, as ${evidence.name(role)}, read the secret of ${app}, which holds ${evidence.name(gained.role)}`,
    path: [role, secret, target, gained.role],
  };
}

/** Apps with an active secret, each with its first. */
function appsWithSecret(evidence: Evidence): Map<string, ResourceKey> {
  const secrets = new Map<string, ResourceKey>();
  for (const { key, resource } of evidence.resources("client-credential")) {
    if (profileText(resource, "kind") !== "secret" || profileText(resource, "status") === "INACTIVE") continue;
    const app = profileText(resource, "app_id");
    if (!secrets.has(app)) secrets.set(app, key);
  }
  return secrets;
}

export const groupAdminFeedsAdminGroup: Rule = {
  id: "group-admin-feeds-admin-group",
  title: "A group admin who can make administrators by way of a group rule",
  severity: "high",
  why: "Okta keeps group admins from changing a group that holds an admin role, but not a group from which a rule fills it: an attack path",
  remedy: "Let the rule look at something that group admins cannot change, or do without it",
  sources: ["general practice"],
  needs: "group rules, targets of roles (--sync-reach); admin roles",
  *judge(evidence) {
    const { groups, gaps } = adminsOf(evidence);
    yield* gaps;
    if (!evidence.hasType("group-rule") || !evidence.hasType("role-assignment")) {
      yield notKnown("group rules and targets of roles were not read (--sync-reach)");
      return;
    }
    for (const { key: rule, resource } of evidence.resources("group-rule")) {
      if (profileText(resource, "status") !== "ACTIVE") continue;
      const fed = (profileTexts(resource, "group_ids") ?? []).filter((id) => groups.has(id));
      const read = fed.length === 0 ? [] : groupsNamedIn(profileText(resource, "expression"));
      // What holds a role itself is guarded.
      for (const from of read.filter((id) => !groups.has(id))) {
        for (const into of fed) yield* feeding(evidence, rule, from, into, worst(groups.get(into)!));
      }
    }
  },
};

function* feeding(
  evidence: Evidence,
  rule: ResourceKey,
  from: string,
  into: string,
  gained: HeldAdminRole,
): Generator<Issue | NotKnown> {
  const [source, fed] = [from, into].map((id) => ({ type: "group", id }));
  for (const { holder, all, held } of assignedTo(evidence, GROUP_ADMINS)) {
    if (strongest(all) >= (strengthOf(gained.role) ?? Number.POSITIVE_INFINITY)) continue;
    const within = reaches(reachOf(evidence, holder, held.role.id), ({ groups }) => groups.has(from));
    if (within === undefined) yield notKnown("how far a group admin reaches was not read", holder);
    if (within !== true) continue;
    yield {
      subject: holder,
      what: `can put people into ${evidence.name(source!)}, from which a rule fills ${evidence.name(fed!)}, which holds ${evidence.name(gained.role)}`,
      path: [held.role, source!, rule, fed!, gained.role],
    };
  }
}

/** The ids of groups that an expression asks membership of, as `isMemberOfGroup("00g1abcd")`. */
function groupsNamedIn(expression: string): string[] {
  if (!/isMemberOf/i.test(expression)) return [];
  return [...new Set([...expression.matchAll(/["'](00g[0-9A-Za-z]+)["']/g)].map(([, id]) => id!))];
}
