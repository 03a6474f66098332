import { afterEach, beforeEach, expect, test } from "vitest";
import type { OktaClient } from "../../../src/okta/api/client.ts";
import { ADMIN_CHANGES } from "../../../src/sandbox/churn/admins.ts";
import { APP_CHANGES } from "../../../src/sandbox/churn/apps.ts";
import type { ChangeKind } from "../../../src/sandbox/churn/change.ts";
import { assignStandardRole } from "../../../src/sandbox/org/admins/assignments.ts";
import { type Holder, rowsOf } from "../../../src/sandbox/org/admins/holders.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { change, MORE_CHANGES } from "./more-changes.ts";
import { type ChangingOrg, changingOrg } from "./org.ts";

/** What is seen by one type of event alone: where it is left out, the snapshot is not what a full sync would be. */

let at: ChangingOrg;
let leftOut = "";

const withoutOne = (client: OktaClient): OktaClient => ({
  ...client,
  list: (async (path: string, call, options) => {
    const page = await client.list<{ eventType?: string }>(path, call, options as never);
    if (!path.startsWith("/api/v1/logs")) return page;
    // An entry of another type in its place: an empty page would be the end of the log.
    return {
      ...page,
      items: page.items.map((one) => (one.eventType === leftOut ? { ...one, eventType: "left.out" } : one)),
    };
  }) as OktaClient["list"],
});

beforeEach(async () => {
  leftOut = "";
  at = await changingOrg({ users: 40, groups: 12, apps: 6, seed: 12 }, { wrap: withoutOne });
});
afterEach(() => at.close());

const kind = (name: string): ChangeKind =>
  [...APP_CHANGES, ...ADMIN_CHANGES, ...MORE_CHANGES].find((one) => one.kind === name)!;

/** Of somebody who has roles already: who holds one at all is listed in each sync. */
const roleOf = (pick: (org: Org) => Holder | undefined): ChangeKind => ({
  kind: "role",
  weight: 1,
  apply(org) {
    const holder = pick(org);
    const type = ["USER_ADMIN", "APP_ADMIN", "HELP_DESK_ADMIN", "REPORT_ADMIN"].find(
      (one) => holder !== undefined && !rowsOf(holder).some((row) => row.type === one),
    );
    if (holder === undefined || type === undefined) return undefined;
    assignStandardRole(org, holder, type);
    return [type];
  },
});
const adminUser = (org: Org) => {
  const user = org.users.find((one) => one?.roles.length === 1 && one.record.status === "ACTIVE");
  return user && { user };
};
const adminGroup = (org: Org) => {
  const group = org.groups.find((one) => one !== undefined && one.roles.length > 0);
  return group && { group };
};

test.each<[string, ChangeKind]>([
  ["application.user_membership.add", kind("app.assignUser")],
  ["application.user_membership.remove", kind("app.unassignUser")],
  ["application.user_membership.update", kind("app.assignDirectly")],
  ["group.application_assignment.update", kind("app.changePriority")],
  ["user.session.start", kind("user.signIn")],
  ["user.account.privilege.grant", roleOf(adminUser)],
  ["group.privilege.grant", roleOf(adminGroup)],
  ["iam.resourceset.create", kind("resourceSet.create")],
  ["iam.resourceset.update", kind("resourceSet.rename")],
  ["iam.resourceset.bindings.add", kind("binding.add")],
  ["iam.resourceset.bindings.delete", kind("binding.remove")],
])("what %s tells is seen, and by nothing else", async (event, one) => {
  for (const [without, right] of [
    ["", true],
    [event, false],
  ] as const) {
    await at.sync();
    at.clock.pass(3_600_000);
    leftOut = without;
    let made: string | undefined;
    for (let tries = 0; made === undefined && tries < 20; tries++) made = change(at.org, at.random, one);
    expect(made).toBeDefined();
    at.clock.pass(60_000);
    const { increment } = await at.sync({ verifySample: 0 });
    expect(increment?.mode).toBe("incremental");
    const isRight = JSON.stringify(await at.rows()) === JSON.stringify(await at.fresh());
    expect(isRight, `${made} without "${without}"`).toBe(right);
  }
});
