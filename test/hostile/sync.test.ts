import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SyncOptions, sync } from "../../src/baton/sync/sync.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../src/okta/connector.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Secret } from "../../src/runtime/secrets/secret.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox, WHOLE } from "../baton/rpc/okta.ts";
import { FastClock } from "../okta/api/fake-clock.ts";
import { always, bendJson, type HostileOkta, hostileOkta, oktaErrorBody, say } from "./okta.ts";

let folder: string;
let sandbox: Sandbox;
let okta: HostileOkta;

beforeAll(async () => {
  sandbox = await goldenSandbox();
});

afterAll(() => sandbox.close());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-hostile-"));
  okta = await hostileOkta(sandbox.url);
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await okta.close();
});

async function run(options: Partial<SyncOptions> = {}) {
  const origin = parseDomain(okta.url);
  const clock = new FastClock();
  const client = createOktaClient({
    ...{ origin, clock, userAgent: "test", env: {} },
    credentials: { kind: "apiToken", token: new Secret(sandbox.token) },
  });
  const connector = createOktaConnector({ client, origin, options: WHOLE, clock, log: silentLog });
  try {
    return await sync(connector, { file: join(folder, "s.c1z"), binding: {}, selection: {}, clock, ...options });
  } finally {
    await connector.close?.();
  }
}

const GONE = oktaErrorBody("E0000007", "Not found: Resource not found");
const LISTS = [
  "/api/v1/groups/*/users",
  "/api/v1/groups/*/roles",
  "/api/v1/apps/*/users",
  "/api/v1/apps/*/groups",
  "/api/v1/users/*/roles",
  "/api/v1/iam/resource-sets/*/bindings",
  "/api/v1/iam/resource-sets/*/bindings/*/members",
];

describe.each(LISTS)("a sync in which %s", (path) => {
  test.each([
    ["is answered 404 by something that is not Okta", 404, {}],
    ["is answered as gone by Okta, which shows the object all the same", 404, GONE],
  ])("%s fails", async (_, status, body) => {
    okta.on("GET", path, always(status, body));
    await expect(run()).rejects.toMatchObject({ kind: "unavailable" });
  });

  test("has a next link that cannot be read, or leads in a circle, fails", async () => {
    let link = "<https://x/api";
    okta.on("GET", path, async (_asked, response, honest) => {
      const { status, body } = await honest();
      say(response, status, body.toString(), { link });
    });
    await expect(run()).rejects.toMatchObject({ message: expect.stringContaining("Link header") });
    let first: string | undefined;
    okta.on("GET", path, async ({ path: own, url }, response, honest) => {
      first ??= (await honest()).body.toString();
      link = `<${okta.url}${own}?after=${url.includes("after=a") ? "b" : "a"}>; rel="next"`;
      say(response, 200, first, { link });
    });
    await expect(run()).rejects.toMatchObject({ message: expect.stringContaining("a page that came before") });
  });
});

test("a group that is gone, by its list and by itself, is left out and counted", async () => {
  const whole = await run();
  okta.on("GET", "/api/v1/groups/*/users", always(404, GONE));
  okta.on("GET", "/api/v1/groups/*/roles", always(404, GONE));
  okta.on("GET", "/api/v1/groups/*", always(404, GONE));
  const result = await run();
  expect(result.vanished).toBeGreaterThan(3);
  expect(result.counts.resources.group).toBe(whole.counts.resources.group! - result.vanished);
});

test("with what is not readable left out, a group that something else answers for is named", async () => {
  const groups = "/api/v1/groups/*/users";
  okta.on("GET", groups, ({ count, url }, response, honest) => {
    if (count === 0) okta.on("GET", url.split("?")[0]!, always(404, {}));
    return honest().then(({ status, headers, body }) => say(response, status, body.toString(), headers));
  });
  const first = await run();
  expect(first.refused).toEqual([]);
  const result = await run({ skipUnreadable: true });
  expect(result.refused).toMatchObject([{ sort: "unreadable", why: expect.stringContaining("HTTP 404") }]);
});

test("members without an id are counted and named, and the others are there", async () => {
  const whole = await run();
  okta.on(
    "GET",
    "/api/v1/groups/*/users",
    bendJson((body) => [null, { id: 7 }, ...(body as unknown[])]),
  );
  const result = await run();
  // That there are more than the stats count is told beside, group by group.
  const told = result.refused.filter(({ sort }) => sort !== "incomplete");
  expect(told).toMatchObject([{ what: "members of groups", on: expect.stringMatching(/^group /) }]);
  expect(told[0]!.count).toBeGreaterThan(1);
  expect(result.counts).toEqual(whole.counts);
});
