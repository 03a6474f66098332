import { afterEach, expect, test } from "vitest";
import type { OktaClient } from "../../../src/okta/api/client.ts";
import { Failure } from "../../../src/runtime/failure.ts";
import { assignUser } from "../../../src/sandbox/org/apps/assignments.ts";
import { replaceProfile } from "../../../src/sandbox/org/users/profile.ts";
import { deleteUser } from "../../../src/sandbox/org/users/removal.ts";
import { type ChangingOrg, changingOrg } from "./org.ts";

/*
 * What the proofs are worth: each of these plants a fault that others make, and sees that the snapshot is then not what a
 * fresh full sync would be, and that without the fault it is.
 */

let at: ChangingOrg;

afterEach(() => at.close());

const SIZE = { users: 40, groups: 10, apps: 5, seed: 11 };

/** A client whose answers, and whose paths, are changed. */
function through(
  list: (path: string, read: OktaClient["list"]) => string,
  answer: (path: string, page: Awaited<ReturnType<OktaClient["list"]>>) => typeof page = (_, page) => page,
) {
  return (client: OktaClient): OktaClient => ({
    ...client,
    list: (async (path: string, call, options) =>
      answer(path, await client.list(list(path, client.list), call, options))) as OktaClient["list"],
  });
}

/** Leaves entries of the log out by their types. */
const without = (...types: string[]) =>
  through(
    (path) => path,
    (path, page) =>
      path.startsWith("/api/v1/logs")
        ? { ...page, items: page.items.filter((one) => !types.includes((one as { eventType: string }).eventType)) }
        : page,
  );

async function isRight(): Promise<boolean> {
  const fresh = await at.fresh();
  return JSON.stringify(await at.rows()) === JSON.stringify(fresh);
}

const NO_PROOF = { verifySample: 0 };

/** Gives an app to a user who has it not: nothing but the log tells of it. */
function assignOne(): void {
  const people = at.org.users.flatMap((one) => (one?.record.status === "ACTIVE" ? [one] : []));
  for (const app of at.org.apps) {
    const user = people.find(({ index }) => app?.record.status === "ACTIVE" && !app.userRows.has(index));
    if (app === undefined || user === undefined) continue;
    assignUser(at.org, app, user, {});
    return;
  }
  throw new Error("everybody has every app");
}

test.each([
  [[], true],
  [["application.user_membership.add"], false],
])("an assignment is seen by its event alone: without %j", async (missing, right) => {
  at = await changingOrg(SIZE, { wrap: without(...missing) });
  await at.sync();
  at.clock.pass(3_600_000);
  assignOne();
  at.clock.pass(60_000);
  await at.sync(NO_PROOF);
  expect(await isRight()).toBe(right);
});

test("what no event told is found by the sample, and healed", async () => {
  at = await changingOrg(SIZE, { wrap: without("application.user_membership.add") });
  await at.sync();
  at.clock.pass(3_600_000);
  assignOne();
  const { increment } = await at.sync({ verifySample: 500 });
  expect(increment).toMatchObject({ mode: "incremental", sampleMismatches: 1 });
  expect(await isRight()).toBe(true);
});

/** No event tells of users: what is seen of them is seen by their clock. */
const USER_EVENTS = ["user.account.update_profile"];

/** Asks for what changed after the last sync began, without the overlap that hides a wrong operator. */
const asking = (operator: string) => (path: string) =>
  path.replace(/lastUpdated%20ge%20%22([^%]*)%3A([^%]*)%3A([^%]*)%22/, (_, ...parts: string[]) => {
    const time = Date.parse(parts.slice(0, 3).join(":")) + 10 * 60_000;
    return encodeURIComponent(`lastUpdated ${operator} "${new Date(time).toISOString()}"`);
  });

function rename(): void {
  const user = at.org.users.find((one) => one?.record.status === "ACTIVE")!;
  replaceProfile(at.org, user, { ...user.record.profile, title: "Renamed" });
}

test("where more of the sample differs than chance allows, everything is read", async () => {
  at = await changingOrg(SIZE, {
    wrap: (client) =>
      through(
        (path) => path,
        (path, page) => (path.includes("lastUpdated") ? { ...page, items: [] } : page),
      )(without(...USER_EVENTS)(client)),
  });
  await at.sync();
  at.clock.pass(3_600_000);
  for (const user of at.org.users) {
    if (user !== undefined) replaceProfile(at.org, user, { ...user.record.profile, title: "Renamed" });
  }
  const { increment } = await at.sync({ verifySample: 500 });
  expect(increment?.mode).toBe("full");
  expect(increment?.why).toMatch(/objects that were read again as a sample had changed/);
  expect(await isRight()).toBe(true);
});

test.each([
  ["ge", true],
  ["gt", false],
])("a change in the very second in which the last sync began is seen with %s: %j", async (operator, right) => {
  at = await changingOrg(SIZE, {
    wrap: (client) => through(asking(operator))(without(...USER_EVENTS)(client)),
  });
  await at.sync();
  // The sync began at this time, and had read its users by then.
  rename();
  at.clock.pass(3_600_000);
  await at.sync(NO_PROOF);
  expect(await isRight()).toBe(right);
});

test.each([
  ["Okta's", 0, true],
  ["a local clock that is ahead", 3 * 3_600_000, false],
])("times are %s", async (_, ahead, right) => {
  at = await changingOrg(SIZE, {
    wrap: (client) =>
      through(
        (path) => path,
        (_path, page) => (page.at === undefined ? page : { ...page, at: page.at + ahead }),
      )(without(...USER_EVENTS)(client)),
  });
  await at.sync();
  at.clock.pass(3_600_000);
  rename();
  at.clock.pass(60_000);
  await at.sync(NO_PROOF);
  expect(await isRight()).toBe(right);
});

test("a user who leaves what the filter lets through goes, and one who comes into it comes with all access", async () => {
  at = await changingOrg(SIZE, { options: { filterEmailDomains: ["acme.example"] } });
  await at.sync();
  at.clock.pass(3_600_000);
  const moved = (from: string, to: string) => {
    const user = at.org.users.find((one) => {
      return (
        one?.record.status === "ACTIVE" && one.groups.length > 1 && String(one.record.profile.login).endsWith(from)
      );
    })!;
    const login = String(user.record.profile.login).replace(from, to);
    replaceProfile(at.org, user, { ...user.record.profile, login, email: login, secondEmail: null });
  };
  moved("@acme.example", "@elsewhere.example");
  expect((await at.sync(NO_PROOF)).increment?.mode).toBe("incremental");
  expect(await isRight()).toBe(true);
  at.clock.pass(3_600_000);
  moved("@contractor.example", "@acme.example");
  expect((await at.sync(NO_PROOF)).increment).toMatchObject({
    mode: "full",
    why: expect.stringMatching(/is in by now/),
  });
  expect(await isRight()).toBe(true);
});

const forbidden = () =>
  new Failure({ kind: "permissionDenied", message: "no", answer: { status: 403, code: "E0000006" } as never });

test("without the log what has no clock is read again, and the result says so", async () => {
  at = await changingOrg(SIZE, {
    wrap: through((path) => {
      if (path.startsWith("/api/v1/logs")) throw forbidden();
      return path;
    }),
  });
  await at.sync();
  at.clock.pass(3_600_000);
  assignOne();
  deleteUser(at.org, at.org.users.find((one) => one?.record.status === "ACTIVE" && one.roles.length === 0)!);
  const { increment } = await at.sync(NO_PROOF);
  expect(increment).toMatchObject({ mode: "incremental", blind: [expect.stringContaining("system log")] });
  expect(await isRight()).toBe(true);
});

test("where Okta no longer knows the place in its log, or keeps it no longer, everything is read", async () => {
  let refuse = false;
  at = await changingOrg(SIZE, {
    wrap: through((path) => {
      if (refuse && path.includes("ASCENDING")) throw new Failure({ kind: "badCursor", message: "gone" });
      return path;
    }),
  });
  await at.sync();
  refuse = true;
  expect((await at.sync(NO_PROOF)).increment).toMatchObject({
    mode: "full",
    why: expect.stringMatching(/no longer knows/),
  });
  refuse = false;
  at.clock.pass(100 * 86_400_000);
  expect((await at.sync(NO_PROOF)).increment).toMatchObject({ mode: "full", why: expect.stringMatching(/90 days/) });
  expect(await isRight()).toBe(true);
});

test.each(["badCursor", "invalidArgument", "notFound"] as const)(
  "a place in the log that is answered %s is no longer known, and no log that may not be seen",
  async (kind) => {
    let refuse = false;
    at = await changingOrg(SIZE, {
      wrap: through((path) => {
        if (refuse && path.includes("/logs") && path.includes("after=")) throw new Failure({ kind, message: "gone" });
        return path;
      }),
    });
    await at.sync();
    expect((await at.sync(NO_PROOF)).increment?.mode).toBe("incremental");
    refuse = true;
    const { increment } = await at.sync(NO_PROOF);
    expect(increment).toMatchObject({
      mode: "full",
      why: expect.stringMatching(/no longer knows the place/),
      blind: [],
    });
    refuse = false;
    expect((await at.sync(NO_PROOF)).increment?.mode).toBe("incremental");
  },
);

test("a sync that is stopped anywhere goes on where it was, and ends as one that was not", async () => {
  at = await changingOrg(SIZE);
  await at.sync();
  at.clock.pass(3_600_000);
  at.change(12);
  at.clock.pass(60_000);
  for (let pages = 1; pages < 40; pages += 3) {
    const stopped = await at.stopAfter(pages, NO_PROOF);
    if (!stopped) break;
  }
  const { increment } = await at.sync(NO_PROOF);
  expect(increment?.mode).toBe("incremental");
  expect(await isRight()).toBe(true);
});
