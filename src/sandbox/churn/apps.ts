import { addKey, addSecret, grantScope, removeCredential, revokeScope } from "../org/apps/access.ts";
import { assignGroup, assignUser, hasThroughGroup, unassignGroup, unassignUser } from "../org/apps/assignments.ts";
import { createApp, deleteApp, setAppStatus, updateApp } from "../org/apps/lifecycle.ts";
import type { Org } from "../org/org.ts";
import type { Random } from "../org/random.ts";
import type { AppEntry, UserEntry } from "../org/types.ts";
import { appRecord } from "../seed/apps.ts";
import { appPath, type ChangeKind, groupPath, pickApp, pickEntry, userPath } from "./change.ts";

function create(org: Org, random: Random): string[] {
  const record = appRecord(random.below(100), random, org.settings.id);
  const now = org.now();
  const label = `${record.label} ${random.below(1_000_000)}`;
  return [appPath(createApp(org, { ...record, label, created: now, lastUpdated: now }))];
}

function rename(org: Org, random: Random): string[] | undefined {
  const app = pickEntry(random, org.apps);
  if (app === undefined) return undefined;
  updateApp(org, app, { label: `${app.record.label.replace(/ v\d+$/, "")} v${random.below(1000)}` });
  return [appPath(app)];
}

function switchTo(status: "ACTIVE" | "INACTIVE"): ChangeKind["apply"] {
  return (org, random) => {
    const app = pickEntry(random, org.apps, ({ record }) => record.status !== status);
    if (app === undefined) return undefined;
    setAppStatus(org, app, status);
    return [appPath(app)];
  };
}

function remove(org: Org, random: Random): string[] | undefined {
  const app = pickEntry(random, org.apps, ({ record }) => record.status === "INACTIVE");
  if (app === undefined) return undefined;
  deleteApp(org, app);
  return [appPath(app)];
}

function assign(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random);
  const user = pickEntry(random, org.users, ({ record }) => record.status === "ACTIVE");
  if (app === undefined || user === undefined) return undefined;
  assignUser(org, app, user, { credentials: { userName: String(user.record.profile.login) } });
  return [appPath(app), userPath(user)];
}

/** Users who have the app directly only: those whom Okta lets lose it. */
function direct(org: Org, app: AppEntry): UserEntry[] {
  return app.users.map((index) => org.users[index]!).filter((user) => !hasThroughGroup(app, user));
}

function unassign(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, (one) => one.users.length > 0);
  const users = app === undefined ? [] : direct(org, app);
  if (app === undefined || users.length === 0) return undefined;
  const user = random.pick(users);
  unassignUser(org, app, user);
  return [appPath(app), userPath(user)];
}

function assignToGroup(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random);
  if (app === undefined) return undefined;
  const group = pickEntry(random, org.groups, ({ index, record }) => {
    return record.type !== "BUILT_IN" && !app.groupRows.has(index);
  });
  if (group === undefined) return undefined;
  assignGroup(org, app, group, { lastUpdated: org.now(), priority: app.groups.length, profile: {} });
  return [appPath(app), groupPath(group)];
}

function unassignFromGroup(org: Org, random: Random): string[] | undefined {
  const app = pickEntry(random, org.apps, ({ groups }) => groups.length > 0);
  if (app === undefined) return undefined;
  const group = org.groups[random.pick(app.groups)]!;
  unassignGroup(org, app, group);
  return [appPath(app), groupPath(group)];
}

function changeScope(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, ({ record }) => record.signOnMode === "OPENID_CONNECT");
  if (app === undefined) return undefined;
  const scope = random.pick(["okta.users.read", "okta.groups.read", "okta.apps.manage", "okta.logs.read"]);
  const grant = app.grants.find(({ scopeId }) => scopeId === scope);
  if (grant === undefined) grantScope(org, app, scope, undefined);
  else revokeScope(org, app, grant);
  return [appPath(app)];
}

function changeCredential(org: Org, random: Random): string[] | undefined {
  const app = pickApp(org, random, ({ record }) => record.signOnMode === "OPENID_CONNECT");
  if (app === undefined) return undefined;
  const held = [...app.keys, ...app.secrets];
  if (held.length > 1 && random.chance(0.5)) removeCredential(org, app, random.pick(held));
  else if (random.chance(0.5)) addSecret(org, app, random.id("s").repeat(2));
  else addKey(org, app, { kid: random.id("k"), kty: "RSA", use: "sig", alg: "RS256", e: "AQAB", n: random.id("n") });
  return [appPath(app)];
}

/** Random changes of apps and who has them. */
export const APP_CHANGES: readonly ChangeKind[] = [
  { kind: "app.create", weight: 2, apply: create },
  { kind: "app.rename", weight: 2, apply: rename },
  { kind: "app.activate", weight: 2, apply: switchTo("ACTIVE") },
  { kind: "app.deactivate", weight: 2, apply: switchTo("INACTIVE") },
  { kind: "app.delete", weight: 1, apply: remove },
  { kind: "app.assignUser", weight: 8, apply: assign },
  { kind: "app.unassignUser", weight: 6, apply: unassign },
  { kind: "app.assignGroup", weight: 3, apply: assignToGroup },
  { kind: "app.unassignGroup", weight: 2, apply: unassignFromGroup },
  { kind: "app.changeScope", weight: 1, apply: changeScope },
  { kind: "app.changeCredential", weight: 1, apply: changeCredential },
];
