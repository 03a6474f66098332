import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { Events } from "../../../src/baton/connector.ts";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createFeed, FEED_ID } from "../../../src/okta/events/feed.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { isFailure } from "../../../src/runtime/failure.ts";
import type { Log } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { orgFromJson } from "../../../src/sandbox/org/json.ts";
import type { LogEntry } from "../../../src/sandbox/org/log/log.ts";
import { type Interception, type Sandbox, type SeenRequest, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { call } from "../resource/walk.ts";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const START = Date.parse("2026-03-01T10:00:00.000Z");

interface Stage {
  readonly sandbox: Sandbox;
  readonly feed: Events;
  readonly asked: URL[];
  readonly warned: unknown[];
  /** Adds entries at these times (milliseconds after the start), in this order; returns their uuids. */
  happen(times: readonly number[], eventType?: string): string[];
}

/** A feed over an org whose log has nothing in it yet. */
async function stage(options: { roles?: string[] } = {}): Promise<Stage> {
  const org = orgFromJson({ users: [], groups: [], apps: [] }, { ...systemClock, now: () => START + 3_600_000 });
  const token = "00feed";
  const sandbox = await startSandbox({
    org,
    limits: "off",
    tokens: [{ token, roles: options.roles ?? ["SUPER_ADMIN"] }],
  });
  const origin = parseDomain(sandbox.url);
  const credentials = { kind: "apiToken", token: new Secret(token) } as const;
  const client = createOktaClient({ origin, credentials, userAgent: "test", env: {} });
  open.push(async () => {
    client.close();
    await sandbox.close();
  });
  const asked: URL[] = [];
  sandbox.onRequest(({ url }) => void asked.push(new URL(url, origin.url)));
  const warned: unknown[] = [];
  const log: Log = { debug() {}, info() {}, warn: (_, fields) => void warned.push(fields), error() {} };
  const feed = createFeed({ client, clock: { ...systemClock, now: () => START + 3_600_000 }, log });
  const happen = (times: readonly number[], eventType = "group.lifecycle.create") =>
    times.map((time) => {
      const uuid = randomUUID();
      const target = [{ id: "00g1", type: "UserGroup", alternateId: "unknown", displayName: "G" }];
      const published = new Date(START + time).toISOString();
      org.log.entries.push({ uuid, published, eventType, target } as unknown as LogEntry);
      return uuid;
    });
  return { sandbox, feed, asked, warned, happen };
}

/** Reads until there is nothing more for now; cursors are all that is carried from page to page. */
async function drain(feed: Events, from: { startAt?: number; cursor?: string; pageSize: number }) {
  const ids: string[] = [];
  let cursor = from.cursor;
  for (let page = 0; page < 50; page++) {
    const { cursor: _, ...rest } = from;
    const answer = await feed.list("", { ...rest, ...(cursor === undefined ? {} : { cursor }) }, call());
    ids.push(...answer.events.map(({ id }) => id));
    expect(answer.cursor.length).toBeGreaterThan(0);
    expect(answer.cursor.length).toBeLessThanOrEqual(4096);
    cursor = answer.cursor;
    if (!answer.hasMore) return { ids, cursor };
  }
  throw new Error("the feed never ends");
}

/** Answers requests for the log in Okta's stead. */
function answering(sandbox: Sandbox, answer: (request: SeenRequest) => Interception | undefined) {
  return sandbox.intercept((request) => (request.url.startsWith("/api/v1/logs") ? answer(request) : undefined));
}

test.each([1, 2, 3, 7, 1000])(
  "with %i a page, everything comes once, in order, at equal times too",
  async (pageSize) => {
    const { feed, happen } = await stage();
    const uuids = happen([0, 1, 1, 1, 1, 2, 3, 3, 4, 4]);
    const first = await drain(feed, { startAt: START, pageSize });
    expect(first.ids).toEqual(uuids);
    expect((await drain(feed, { startAt: START, cursor: first.cursor, pageSize })).ids).toEqual([]);

    // What happens later, at the very time of the last one too, is read from the same cursor, and by another process.
    const later = happen([4, 4, 5]);
    const second = await drain(feed, { startAt: START, cursor: first.cursor, pageSize });
    expect(second.ids).toEqual(later);
    // A cursor is not used up: whoever lost the answer asks again.
    expect((await drain(feed, { cursor: first.cursor, pageSize })).ids).toEqual(later);
    expect((await drain(feed, { cursor: second.cursor, pageSize })).ids).toEqual([]);
  },
);

test("the cursor of an empty log goes on with what happens afterwards", async () => {
  const { feed, happen } = await stage();
  const { ids, cursor } = await drain(feed, { startAt: START, pageSize: 10 });
  expect(ids).toEqual([]);
  const uuids = happen([0, 1]);
  expect((await drain(feed, { cursor, pageSize: 10 })).ids).toEqual(uuids);
});

test("the start is a bound with a cursor too, and a page holds a thousand unless less is asked for", async () => {
  const { feed, happen, asked } = await stage();
  const uuids = happen([0, 10, 20, 30]);
  const first = await feed.list(FEED_ID, { startAt: START, pageSize: 1 }, call());
  expect(first.events.map(({ id }) => id)).toEqual(uuids.slice(0, 1));
  const second = await feed.list(FEED_ID, { startAt: START + 20, cursor: first.cursor, pageSize: 0 }, call());
  expect(second.events.map(({ id }) => id)).toEqual(uuids.slice(2));
  expect(asked.map((url) => url.searchParams.get("limit"))).toEqual(["1", "1000"]);
  expect(asked.map((url) => url.searchParams.get("since"))).toEqual([
    new Date(START).toISOString(),
    new Date(START + 20).toISOString(),
  ]);
});

test("without a start a week is read", async () => {
  const { feed, asked } = await stage();
  await feed.list("", { pageSize: 0 }, call());
  expect(asked[0]?.searchParams.get("since")).toBe(new Date(START + 3_600_000 - 7 * 86_400_000).toISOString());
});

test("Okta is asked for what can become an event only, and pages without one go on", async () => {
  const { feed, happen, asked } = await stage();
  happen([0, 1, 2], "user.session.start");
  const [uuid] = happen([3]);
  expect((await drain(feed, { startAt: START, pageSize: 1 })).ids).toEqual([uuid]);
  for (const url of asked) {
    expect(url.searchParams.get("filter")).toContain('eventType eq "user.authentication.sso"');
    expect(url.searchParams.get("sortOrder")).toBe("ASCENDING");
    expect(url.searchParams.has("until")).toBe(false);
  }
  expect(asked).toHaveLength(2);
});

test("a page of entries that all are skipped is not the end, and each is told", async () => {
  const { feed, happen, warned } = await stage();
  happen([0, 1], "user.lifecycle.create");
  const [uuid] = happen([2]);
  expect((await drain(feed, { startAt: START, pageSize: 2 })).ids).toEqual([uuid]);
  expect(warned).toHaveLength(2);
  expect(warned[0]).toMatchObject({ eventType: "user.lifecycle.create" });
});

test("where Okta gives no next link, the cursor goes on by time, and neither loses nor repeats", async () => {
  const { feed, happen, sandbox } = await stage();
  const uuids = happen([0, 1, 1]);
  const entry = (uuid: string, time: number) => ({
    uuid,
    published: new Date(START + time).toISOString(),
    eventType: "group.lifecycle.create",
    target: [{ id: "00g1", type: "UserGroup", displayName: "G" }],
  });
  const body = [entry(uuids[0]!, 0), entry(uuids[1]!, 1), entry(uuids[2]!, 1)];
  const stop = answering(sandbox, () => ({ status: 200, body }) as Interception);
  const first = await feed.list("", { startAt: START, pageSize: 0 }, call());
  expect(first.events).toHaveLength(3);
  expect(first.hasMore).toBe(false);
  stop();
  const later = happen([1, 2]);
  const second = await drain(feed, { cursor: first.cursor, pageSize: 2 });
  expect(second.ids).toEqual(later);
});

test("a place that Okta no longer knows is found again by its time", async () => {
  const { feed, happen, sandbox } = await stage();
  happen([0, 1, 1]);
  const { cursor } = await drain(feed, { startAt: START, pageSize: 1000 });
  const later = happen([1, 2]);
  let refused = 0;
  answering(sandbox, ({ url }) => {
    if (!url.includes("after=") || refused > 0) return undefined;
    refused += 1;
    return {
      status: 400,
      body: { errorCode: "E0000001", errorSummary: "Api validation failed: after" },
    } as Interception;
  });
  expect((await drain(feed, { cursor, pageSize: 1000 })).ids).toEqual(later);
  expect(refused).toBe(1);
});

test("a link that leads nowhere new does not make an endless feed", async () => {
  const { feed, happen, sandbox } = await stage();
  happen([0]);
  const { cursor } = await feed.list("", { startAt: START, pageSize: 1 }, call());
  const same = (await feed.list("", { cursor, pageSize: 1 }, call())).cursor;
  let link = "";
  answering(sandbox, ({ url }) => {
    link = url;
    return {
      status: 200,
      headers: { link: [`<${sandbox.url}${url}>; rel="next"`] },
      body: [{ uuid: randomUUID(), published: new Date(START).toISOString(), eventType: "x" }],
    } as unknown as Interception;
  });
  const answer = await feed.list("", { cursor: same, pageSize: 1 }, call());
  expect(link).toContain("after=");
  expect(answer.hasMore).toBe(false);
});

test("the original's cursor, a bare after, is understood; one that Okta refuses is the caller's mistake", async () => {
  const { feed, happen, asked } = await stage();
  happen([0]);
  await drain(feed, { startAt: START, pageSize: 1 });
  const after = asked.at(-1)!.searchParams.get("after")!;
  const later = happen([1]);
  expect((await drain(feed, { startAt: START, cursor: after, pageSize: 10 })).ids).toEqual(later);
  for (const cursor of ["nonsense", "bo1.nonsense"]) {
    const failed = await feed.list("", { cursor, pageSize: 10 }, call()).catch((error: unknown) => error);
    expect(isFailure(failed, "invalidArgument"), cursor).toBe(true);
  }
});

test("there is one feed", async () => {
  const { feed } = await stage();
  expect(feed.feeds.map(({ id, supportedEventTypes }) => [id, supportedEventTypes])).toEqual([[FEED_ID, [0]]]);
  const failed = await feed.list("another", { pageSize: 0 }, call()).catch((error: unknown) => error);
  expect(isFailure(failed, "notFound")).toBe(true);
});

test("a refusal names the scope and the role that reading the log takes", async () => {
  const { feed, sandbox } = await stage();
  answering(sandbox, () => ({ status: 403, body: { errorCode: "E0000006", errorSummary: "No" } }) as Interception);
  const failed = await feed.list("", { pageSize: 0 }, call()).catch((error: unknown) => error);
  expect(isFailure(failed, "permissionDenied") && failed.advice).toMatch(/okta\.logs\.read.*admin role/);
});

test("entries that are no objects are counted and named, and the others are there", async () => {
  const { sandbox, feed, warned } = await stage();
  const target = [{ id: "00g1", type: "UserGroup" }];
  const entry = { uuid: "u1", published: new Date(START).toISOString(), eventType: "group.lifecycle.create", target };
  answering(sandbox, () => ({ status: 200, body: [null, entry, "x"] }));
  const page = await feed.list("", { startAt: START, pageSize: 0 }, call());
  expect(page.events.map(({ id }) => id)).toEqual(["u1"]);
  expect(warned).toEqual([{ why: "they are no objects", count: 2 }]);
});
