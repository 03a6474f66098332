import { expect, test } from "vitest";
import { protoJson } from "../../../src/baton/model/json.ts";
import { EventSchema } from "../../../src/gen/c1/connector/v2/event_feed_pb.ts";
import { EVENT_TYPES, eventOf } from "../../../src/okta/events/mapping.ts";

const user = { id: "00u1", type: "User", alternateId: "ada@acme.example", displayName: "Ada Lovelace" };
const other = { ...user, id: "00u2" };
const appUser = { ...user, id: "0ua1", type: "AppUser" };
const group = { id: "00g1", type: "UserGroup", alternateId: "unknown", displayName: "Developers" };
const app = { id: "0oa1", type: "AppInstance", alternateId: "Wiki", displayName: "Wiki" };
const role = { id: "irb1", type: "ROLE", alternateId: "unknown", displayName: "Super Administrator" };

const entry = (eventType: string, target: unknown, more: object = {}) => ({
  uuid: "5dc481d6-7a20-11e9-a9b2-1b6bd6a7d0d7",
  published: "2026-03-01T10:20:30.456Z",
  eventType,
  actor: { id: "00uAdmin", type: "User", alternateId: "root@acme.example", displayName: "Root" },
  target: target as [],
  ...more,
});

/** The event as the command line prints it; what is skipped as its reason. */
function printed(eventType: string, target: unknown, more: object = {}): unknown {
  const mapped = eventOf(entry(eventType, target, more));
  return mapped && "event" in mapped ? protoJson(EventSchema, mapped.event) : mapped;
}

const head = { id: "5dc481d6-7a20-11e9-a9b2-1b6bd6a7d0d7", occurredAt: "2026-03-01T10:20:30.456Z" };
const principal = (type = "User") => ({
  id: { resourceType: "user", resource: "00u1" },
  displayName: "Ada Lovelace",
  annotations: [
    {
      "@type": "type.googleapis.com/c1.connector.v2.UserTrait",
      emails: [{ address: "ada@acme.example", isPrimary: true }],
      status: { status: "STATUS_ENABLED" },
      accountType: type === "User" ? "ACCOUNT_TYPE_HUMAN" : type,
    },
  ],
});
const entitlement = (type: string, id: string, displayName: string, slug: string) => ({
  resource: { id: { resourceType: type, resource: id }, displayName },
  id: `${type}:${id}:${slug}`,
  displayName: slug,
  purpose: "PURPOSE_VALUE_ASSIGNMENT",
  slug,
});

test.each([
  ["group.lifecycle.create", [group], "group", "00g1"],
  ["app.lifecycle.create", [app], "app", "0oa1"],
  ["application.lifecycle.update", [app, user], "app", "0oa1"],
  ["user.lifecycle.create", [user], "user", "00u1"],
  ["user.lifecycle.activate", [user], "user", "00u1"],
  ["user.lifecycle.deactivate", [user], "user", "00u1"],
  ["user.lifecycle.suspend", [user], "user", "00u1"],
  ["user.lifecycle.unsuspend", [user], "user", "00u1"],
  ["user.lifecycle.reactivate", [user], "user", "00u1"],
  ["user.account.update_profile", [user, appUser], "user", "00u1"],
])("%s is a change of a resource, named by nothing but its id", (eventType, target, resourceType, resource) => {
  expect(printed(eventType, target)).toEqual({
    ...head,
    resourceChangeEvent: { resourceId: { resourceType, resource } },
  });
});

test("a member that comes or goes is a grant or a revocation of the group's membership", () => {
  const content = { entitlement: entitlement("group", "00g1", "Developers", "member"), principal: principal() };
  expect(printed("group.user_membership.add", [user, group])).toEqual({ ...head, createGrantEvent: content });
  expect(printed("group.user_membership.remove", [group, user])).toEqual({ ...head, createRevokeEvent: content });
});

test("an app's new user is a grant of access to it, whatever else the entry names", () => {
  expect(printed("application.user_membership.add", [appUser, app, user, group])).toEqual({
    ...head,
    createGrantEvent: { entitlement: entitlement("app", "0oa1", "Wiki", "access"), principal: principal() },
  });
});

test("a role that is given is found by its label", () => {
  expect(printed("user.account.privilege.grant", [user, role])).toEqual({
    ...head,
    createGrantEvent: {
      entitlement: entitlement("role", "SUPER_ADMIN", "Super Administrator", "assigned"),
      principal: principal(),
    },
  });
  expect(printed("user.account.privilege.grant", [user, { ...role, displayName: "Help desk" }])).toHaveProperty(
    "skipped",
  );
});

test("a sign-on is a use of the app by the actor, where the actor is a user", () => {
  expect(printed("user.authentication.sso", [app, appUser], { actor: user })).toEqual({
    ...head,
    usageEvent: {
      targetResource: { id: { resourceType: "app", resource: "0oa1" }, displayName: "Wiki" },
      actorResource: principal(),
    },
  });
  expect(printed("user.authentication.sso", [app], { actor: { ...user, type: "SystemPrincipal" } })).toBeUndefined();
  expect(printed("user.authentication.sso", [app], { actor: null })).toBeUndefined();
});

test.each([
  ["group.lifecycle.create", [group, { ...group, id: "00g2" }]],
  ["group.lifecycle.create", []],
  ["group.lifecycle.create", null],
  ["group.lifecycle.create", [null, "UserGroup", 7]],
  ["group.lifecycle.create", [{ ...group, id: 7 }]],
  ["group.user_membership.add", [group]],
  ["group.user_membership.add", [group, user, other]],
  ["group.user_membership.remove", [user]],
  ["application.user_membership.add", [app, appUser]],
  ["user.account.privilege.grant", [user, role, role]],
  ["user.authentication.sso", [user]],
  ["user.lifecycle.create", [user, other]],
])("%s is skipped, with a reason, unless it has exactly one target of each needed type", (eventType, target) => {
  expect(printed(eventType, target)).toEqual({ skipped: expect.stringMatching(/target/) });
});

test("what has no uuid or no time is skipped; what is of no known type is none of the feed's", () => {
  expect(printed("group.lifecycle.create", [group], { uuid: undefined })).toHaveProperty("skipped");
  expect(printed("group.lifecycle.create", [group], { published: "yesterday" })).toHaveProperty("skipped");
  expect(printed("user.session.start", [user])).toBeUndefined();
  expect(EVENT_TYPES).toHaveLength(15);
});

test("a party with missing fields has fewer, not wrong ones", () => {
  const bare = { id: "00u9", type: "User" };
  expect(printed("group.user_membership.add", [bare, group])).toMatchObject({
    createGrantEvent: {
      principal: {
        id: { resourceType: "user", resource: "00u9" },
        annotations: [{ status: { status: "STATUS_ENABLED" } }],
      },
    },
  });
});
