import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { orgFromJson } from "../../src/sandbox/org/json.ts";
import type { Org } from "../../src/sandbox/org/org.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { inFolder, type Running, run, start } from "./program.ts";

const TOKEN = "00eventtoken";
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Stage {
  readonly org: Org;
  readonly sandbox: Sandbox;
  readonly env: Readonly<Record<string, string>>;
  /** Lets groups be made; each is one event. */
  happen(count: number, at?: number): void;
}

async function stage(roles = ["SUPER_ADMIN"]): Promise<Stage> {
  const org = orgFromJson({ users: [], groups: [], apps: [] });
  const sandbox = await startSandbox({ org, tokens: [{ token: TOKEN, roles }], limits: "off" });
  closing.push(() => sandbox.close());
  let made = 0;
  const party = { id: "", type: "UserGroup", alternateId: "unknown", displayName: "G" };
  const happen = (count: number, at?: number) => {
    for (let group = 0; group < count; group++) {
      org.log.add({
        eventType: "group.lifecycle.create",
        displayMessage: "Create Okta group",
        actor: { ...party, type: "User" },
        targets: [{ ...party, id: `00g${made++}` }],
        requestId: "req",
        ...(at === undefined ? {} : { at }),
      });
    }
  };
  return { org, sandbox, env: { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: TOKEN }, happen };
}

interface Printed {
  readonly id: string;
  readonly occurredAt: string;
  readonly resourceChangeEvent: { readonly resourceId: { readonly resource: string } };
}

/** The groups that were printed, in order. */
const groups = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as Printed).resourceChangeEvent.resourceId.resource);

const cursorIn = (stderr: string) => /"cursor":"([^"]+)"/.exec(stderr)?.[1] ?? "";
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `00g${from + at}`);

test("events are printed one a line, from a day ago on, and a later run goes on from the cursor", async () => {
  const { env, happen } = await stage();
  happen(2, systemClock.now() - 2 * 86_400_000);
  happen(3, systemClock.now() - 3_600_000);
  const first = await run(["--event-feed", "true"], { env });
  expect(first.code).toBe(0);
  expect(groups(first.stdout)).toEqual(numbered(2, 5));
  expect(Object.keys(JSON.parse(first.stdout.split("\n")[0]!) as Printed)).toEqual([
    "id",
    "occurredAt",
    "resourceChangeEvent",
  ]);
  happen(2);
  const second = await run(["--event-feed", "--event-feed-cursor", cursorIn(first.stderr)], { env });
  expect(groups(second.stdout)).toEqual(numbered(5, 7));
  const early = await run(["events", "--since", "3d"], { env });
  expect(groups(early.stdout)).toEqual(numbered(0, 7));
  const at = new Date(systemClock.now() - 7_200_000).toISOString();
  const since = await run(["--event-feed", "--event-feed-start-at", at, "--event-feed-id", "baton_feed_event"], {
    env,
  });
  expect(groups(since.stdout)).toEqual(numbered(2, 7));
});

function follow(env: Stage["env"], args: readonly string[] = []): Running {
  const running = start(["events", "--follow", "--follow-interval", "1", ...args], { env });
  closing.push(() => running.child.kill("SIGKILL"));
  return running;
}

const printedBy = (running: Running, count: number) =>
  vi.waitFor(() => expect(groups(running.stdout())).toHaveLength(count), { timeout: 20_000, interval: 20 });

test("following goes on through an outage until Ctrl-C, which is a good end that tells the cursor", async () => {
  const { env, happen, sandbox } = await stage();
  happen(2);
  const running = follow(env);
  await printedBy(running, 2);
  const back = sandbox.intercept(() => "reset");
  await vi.waitFor(() => expect(sandbox.calls().total).toBeGreaterThan(3), { timeout: 20_000 });
  happen(3);
  back();
  await printedBy(running, 5);
  running.child.kill("SIGINT");
  const ended = await running.ended;
  expect(ended.code).toBe(0);
  expect(groups(ended.stdout)).toEqual(numbered(0, 5));
  happen(1);
  const next = await run(["events", "--cursor", cursorIn(ended.stderr)], { env });
  expect(groups(next.stdout)).toEqual(numbered(5, 6));
});

test("with a cursor file a killed program goes on where it was", async () => {
  const { env, happen } = await stage();
  await inFolder(async (folder) => {
    const file = join(folder, "events.cursor");
    happen(4);
    const running = follow(env, ["--cursor-file", file]);
    await printedBy(running, 4);
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 10_000 });
    const before = readFileSync(file, "utf8");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    happen(2);
    await printedBy(running, 6);
    await vi.waitFor(() => expect(readFileSync(file, "utf8")).not.toBe(before), { timeout: 10_000 });
    running.child.kill("SIGKILL");
    await running.ended;
    happen(3);
    const again = await run(["events", "--cursor-file", file], { env });
    expect(groups(again.stdout)).toEqual(numbered(6, 9));
  });
});

test("what is wrong is told: the role, the feed, the time, the cursor, the usage", async () => {
  const { env, sandbox } = await stage();
  const unknown = await run(["events", "--event-feed-id", "other"], { env });
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain("no event feed");
  const time = await run(["events", "--since", "yesterday"], { env });
  expect(time.code).toBe(2);
  const cursor = await run(["events", "--cursor", "bo1.none"], { env });
  expect(cursor.code).toBe(2);
  expect(cursor.stderr).toContain("none of this feed's");
  const alone = await run(["--event-feed-cursor", "abc"], { env });
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain("--event-feed");
  const two = await run(["--event-feed", "--revoke-grant", "group:a:member:user:b"], { env });
  expect(two.code).toBe(2);
  sandbox.intercept(() => ({ status: 403, body: { errorCode: "E0000006", errorSummary: "No permission" } }));
  const forbidden = await run(["events"], { env });
  expect(forbidden.code).toBe(3);
  expect(forbidden.stderr).toContain("okta.logs.read");
});
