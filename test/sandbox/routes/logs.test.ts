import { beforeEach, expect, test } from "vitest";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import { caller, refusal } from "../call.ts";
import { HandClock, smallOrg } from "../org/fixture.ts";

let clock: HandClock;
let org: Org;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  clock = new HandClock();
  org = smallOrg(clock);
  call = caller(org);
});

const types = (body: { eventType: string }[]) => body.map((entry) => entry.eventType);

function happen(minutes: number): void {
  clock.time += minutes * 60_000;
  call("PUT", "/api/v1/groups/gops/users/ada");
  clock.time += minutes * 60_000;
  call("DELETE", "/api/v1/groups/gops/users/ada");
}

test("polling always has a next link; the last page is empty, and goes on when something happens", () => {
  for (let i = 0; i < 3; i++) happen(1);
  let page = call("GET", "/api/v1/logs?since=2026-01-10T12:00:00Z&limit=4");
  expect(page.body).toHaveLength(4);
  page = call("GET", page.next!);
  expect(page.body).toHaveLength(2);
  page = call("GET", page.next!);
  expect(page.body).toEqual([]);
  const waiting = page.next!;
  happen(1);
  expect(types(call("GET", waiting).body)).toEqual(["group.user_membership.add", "group.user_membership.remove"]);
});

test("polling an empty log has a next link, too", () => {
  const page = call("GET", "/api/v1/logs");
  expect(page.body).toEqual([]);
  happen(1);
  expect(call("GET", page.next!).body).toHaveLength(2);
});

test("a bounded query ends, in both orders", () => {
  for (let i = 0; i < 3; i++) happen(10);
  const until = "until=2026-01-10T12:45:00Z";
  const first = call("GET", `/api/v1/logs?${until}&limit=3`);
  const second = call("GET", first.next!);
  expect([first.body.length, second.body.length, second.next]).toEqual([3, 1, undefined]);
  const back = call("GET", `/api/v1/logs?${until}&limit=3&sortOrder=DESCENDING`);
  const rest = call("GET", back.next!);
  const uuids = (entries: { uuid: string }[]) => entries.map((entry) => entry.uuid);
  expect(uuids([...back.body, ...rest.body]).reverse()).toEqual(uuids([...first.body, ...second.body]));
  expect(rest.next).toBeUndefined();
});

test("without since it goes seven days back", () => {
  happen(1);
  clock.time += 7 * 86_400_000 - 30_000;
  expect(types(call("GET", "/api/v1/logs").body)).toEqual(["group.user_membership.remove"]);
});

test("filters by type and target", () => {
  happen(1);
  call("POST", "/api/v1/users/bob/lifecycle/suspend");
  const filtered = (filter: string) => types(call("GET", `/api/v1/logs?filter=${encodeURIComponent(filter)}`).body);
  expect(filtered('eventType eq "user.lifecycle.suspend"')).toEqual(["user.lifecycle.suspend"]);
  expect(filtered('eventType sw "group." and target.id eq "ada"')).toHaveLength(2);
  expect(filtered('target.id eq "bob" or eventType eq "group.user_membership.add"')).toHaveLength(2);
  for (const query of ["filter=nonsense", "limit=1001", "since=yesterday", "sortOrder=UP", "after=garbage"]) {
    expect(refusal(() => call("GET", `/api/v1/logs?${query}`)).status).toBe(400);
  }
});

test("every kind of write is logged with its actor and one target of each type", () => {
  const token = { caller: { id: "00T1", roles: ["SUPER_ADMIN"], userId: "bob" } };
  const profile = { firstName: "Neo", lastName: "New", login: "neo@acme.example", email: "neo@acme.example" };
  const { id } = call("POST", "/api/v1/users", { ...token, body: { profile } }).body;
  call("POST", `/api/v1/users/${id}`, { ...token, body: { profile: { title: "One" } } });
  call("POST", "/api/v1/groups", { ...token, body: { profile: { name: "New" } } });
  call("PUT", `/api/v1/groups/gops/users/${id}`, token);
  call("POST", "/api/v1/apps/mail/users", { ...token, body: { id, scope: "USER" } });
  call("POST", `/api/v1/users/${id}/roles`, { ...token, body: { type: "USER_ADMIN" } });
  call("DELETE", `/api/v1/users/${id}`, token);
  const entries = call("GET", "/api/v1/logs").body;
  expect(types(entries)).toEqual([
    ...["user.lifecycle.create", "user.lifecycle.activate", "group.user_membership.add"],
    ...["user.account.update_profile", "group.lifecycle.create"],
    ...["group.user_membership.add", "application.user_membership.add", "user.account.privilege.grant"],
    ...["user.lifecycle.deactivate", "group.user_membership.remove", "group.user_membership.remove"],
    ...["application.user_membership.remove", "user.account.privilege.revoke"],
  ]);
  for (const entry of entries) {
    expect(entry.actor).toMatchObject({ id: "bob", type: "User", alternateId: "bob@acme.example" });
    const kinds = entry.target.map((target: { type: string }) => target.type);
    expect(new Set(kinds).size).toBe(kinds.length);
  }
  const grant = entries[7].target.find((target: { type: string }) => target.type === "ROLE");
  expect(grant.displayName).toBe("Group Administrator");
  const published = entries.map((entry: { published: string }) => entry.published);
  expect([...published].sort()).toEqual(published);
});

test("goes back 90 days, and refuses to be asked for more than 180", () => {
  happen(1);
  clock.time += 91 * 86_400_000;
  const daysAgo = (days: number) => new Date(clock.time - days * 86_400_000).toISOString();
  for (const more of ["", `&until=${daysAgo(0)}`]) {
    expect(call("GET", `/api/v1/logs?since=${daysAgo(179)}${more}`).body).toEqual([]);
    expect(refusal(() => call("GET", `/api/v1/logs?since=${daysAgo(181)}${more}`)).status).toBe(400);
  }
});

test("with a delay, polling has every entry once, in another order than they happened, and a bounded query misses some", () => {
  org.random = new Random(1);
  org.log.delayMs = 60_000;
  const since = new Date(clock.time).toISOString();
  let page = call("GET", `/api/v1/logs?since=${since}`);
  const polled: { uuid: string; published: string }[] = [];
  for (let i = 0; i < 40; i++) {
    happen(1 / 12);
    page = call("GET", page.next!);
    polled.push(...page.body);
  }
  const until = new Date(clock.time + 1).toISOString();
  const bounded = call("GET", `/api/v1/logs?since=${since}&until=${until}&limit=1000`).body as typeof polled;
  expect(bounded.length).toBeGreaterThan(40);
  expect(bounded.length).toBeLessThan(80);
  clock.time += 60_000;
  polled.push(...call("GET", page.next!).body);
  const times = polled.map(({ published }) => published);
  expect(times).not.toEqual([...times].sort());
  const whole = call("GET", `/api/v1/logs?since=${since}&until=${until}&limit=1000`).body as typeof polled;
  expect(whole).toHaveLength(80);
  expect(whole.map(({ published }) => published)).toEqual([...times].sort());
  expect(new Set(polled.map(({ uuid }) => uuid))).toEqual(new Set(whole.map(({ uuid }) => uuid)));
  expect(polled).toHaveLength(80);
});

test("a privilege event says all that is held, and revoke comes when nothing is left", () => {
  const first = call("POST", "/api/v1/users/ada/roles", { body: { type: "APP_ADMIN" } }).body.id;
  const second = call("POST", "/api/v1/users/ada/roles", { body: { type: "USER_ADMIN" } }).body.id;
  for (const id of [first, second]) call("DELETE", `/api/v1/users/ada/roles/${id}`);
  const entries = call("GET", "/api/v1/logs").body;
  expect(types(entries).map((type) => type.split(".").at(-1))).toEqual(["grant", "grant", "grant", "revoke"]);
  const held = (entry: { debugContext: { debugData: { privilegeGranted: string } } }) =>
    entry.debugContext.debugData.privilegeGranted;
  expect(entries.map(held)).toEqual([
    ...["Application Administrator", "Application Administrator, Group Administrator", "Group Administrator", ""],
  ]);
});
