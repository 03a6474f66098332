import { beforeEach, expect, test } from "vitest";
import { caller, refusal } from "../call.ts";
import { HandClock, smallOrg } from "../org/fixture.ts";

let clock: HandClock;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  clock = new HandClock();
  call = caller(smallOrg(clock));
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
    ...["user.lifecycle.create", "user.lifecycle.activate", "user.account.update_profile", "group.lifecycle.create"],
    ...["group.user_membership.add", "application.user_membership.add", "user.account.privilege.grant"],
    "user.lifecycle.deactivate",
  ]);
  for (const entry of entries) {
    expect(entry.actor).toMatchObject({ id: "bob", type: "User", alternateId: "bob@acme.example" });
    const kinds = entry.target.map((target: { type: string }) => target.type);
    expect(new Set(kinds).size).toBe(kinds.length);
  }
  const grant = entries[6].target.find((target: { type: string }) => target.type === "ROLE");
  expect(grant.displayName).toBe("Group Administrator");
  const published = entries.map((entry: { published: string }) => entry.published);
  expect([...new Set(published)].sort()).toEqual(published);
});
