import type { Clock } from "../../../src/runtime/clock.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";

/** A clock that moves only when it is told to. */
export class HandClock implements Clock {
  time = Date.parse("2026-01-10T12:00:00Z");

  now(): number {
    return this.time;
  }

  async sleep(): Promise<void> {}
}

const user = (id: string, status = "ACTIVE", more: object = {}) => ({
  ...{ id, status, created: "2024-01-01T00:00:00.000Z", lastUpdated: "2024-02-01T00:00:00.000Z" },
  profile: { firstName: id, lastName: "Example", login: `${id}@acme.example`, email: `${id}@acme.example`, ...more },
  credentials: { provider: { type: "OKTA", name: "OKTA" } },
});

const group = (id: string, type: string, usersCount: number, name = id) => ({
  ...{ id, type, created: "2024-01-01T00:00:00.000Z", lastUpdated: "2024-02-01T00:00:00.000Z" },
  ...{ lastMembershipUpdated: "2024-03-01T00:00:00.000Z", objectClass: ["okta:user_group"], profile: { name } },
  _embedded: { stats: { usersCount, appsCount: 0, groupPushMappingsCount: 0, hasAdminPrivilege: false } },
});

const app = (id: string, status = "ACTIVE") => ({
  ...{ id, name: id, label: `App ${id}`, status, signOnMode: "SAML_2_0" },
  ...{ created: "2024-01-01T00:00:00.000Z", lastUpdated: "2024-02-01T00:00:00.000Z" },
});

const labelled = (id: string, label: string) => ({
  ...{ id, label, description: label, created: "2024-01-01T00:00:00.000Z", lastUpdated: "2024-01-01T00:00:00.000Z" },
});

/** A small org: five users in five states, four groups of three types, two apps, two custom roles and two sets. */
export function smallOrg(clock: Clock = new HandClock()): Org {
  return orgFromJson(
    {
      users: [
        user("ada"),
        user("bob"),
        user("sue", "SUSPENDED"),
        user("stan", "STAGED"),
        user("dee", "DEPROVISIONED"),
        user("lou", "LOCKED_OUT"),
      ],
      groups: [
        group("gall", "BUILT_IN", 5, "Everyone"),
        group("gdev", "OKTA_GROUP", 2),
        group("gops", "OKTA_GROUP", 1),
        group("gimp", "APP_GROUP", 1),
      ],
      apps: [app("mail"), app("wiki"), app("old", "INACTIVE")],
      groupMembers: {
        gall: ["ada", "bob", "sue", "stan", "lou"],
        gdev: ["ada", "bob"],
        gops: ["bob"],
        gimp: ["ada"],
      },
      customRoles: [labelled("cr1", "Resetter"), labelled("cr2", "Auditor")],
      resourceSets: [labelled("iam1", "Contractors"), labelled("iam2", "EMEA")],
    },
    clock,
  );
}
