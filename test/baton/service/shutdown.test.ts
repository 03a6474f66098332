import { afterEach, describe, expect, it } from "vitest";
import { SMALL } from "../sync/org.ts";
import { busyConnector } from "./connector.ts";
import { closeRigs, type Rig, startPlatform, startRig } from "./rig.ts";

afterEach(closeRigs);

type Given = Parameters<Rig["platform"]["give"]>[0];

const group = { id: { resourceType: "group", resource: "00g1" } };
const user = { id: { resourceType: "user", resource: "00u1" } };
const GRANT: Given = {
  case: "grant",
  value: { entitlement: { id: "group:00g1:member", slug: "member", resource: group }, principal: user } as never,
};
const SYNC: Given = { case: "syncFull", value: {} as never };
const CANCELLED = { status: { code: 1 }, finalState: { case: "error", value: { nonRetryable: false } } };

/** A connector whose sync never gets past its roles. */
const stuck = () =>
  busyConnector({}, SMALL, {
    before: (key, call) =>
      key.startsWith("list role")
        ? new Promise((_, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason)))
        : undefined,
  }).connector;

describe("a service that is asked to stop", () => {
  it("finishes short tasks", async () => {
    const fake = await startPlatform();
    let release = () => {};
    const { connector, done } = busyConnector({
      onGrant: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    const rig = await startRig({ connector, fake, finishMs: 600_000 });
    const id = fake.give(GRANT);
    await fake.until(() => fake.heartbeats.length > 0);
    const stopped = rig.stop();
    release();
    await stopped;
    expect(done).toHaveLength(1);
    expect(await fake.end(id)).toMatchObject({ finalState: { case: "success" } });
  });

  it("ends a long one CANCELLED, to be tried again, and leaves no file", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: stuck(), fake });
    const id = fake.give(SYNC);
    await fake.until(() => fake.heartbeats.length > 2);
    expect(rig.files().length).toBeGreaterThan(1);
    const before = fake.count("GetTask");
    const startedAt = rig.clock.now();
    await rig.stop();
    expect(rig.clock.now() - startedAt).toBeLessThan(30_000);
    expect(await fake.end(id)).toMatchObject(CANCELLED);
    expect(fake.count("GetTask") - before).toBeLessThanOrEqual(1);
    expect(fake.uploads).toEqual([]);
    expect(rig.files()).toEqual([]);
  });

  it("tells the platform as long as the grace period lasts, also where a task waits to be told", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: stuck(), fake });
    const [sync, grant] = [fake.give(SYNC), fake.give(GRANT)];
    fake.always("FinishTask", { kind: "refuse", code: 14 });
    await fake.until(() => fake.count("FinishTask") > 8 && fake.heartbeats.length > 0);
    fake.always("FinishTask", undefined);
    fake.plan("FinishTask", ...Array.from({ length: 6 }, () => ({ kind: "refuse", code: 14 }) as const));
    await rig.stop();
    expect(fake.finished.map(({ taskId }) => taskId).sort()).toEqual([sync, grant].sort());
    expect(rig.files()).toEqual([]);
  });

  it("ends within the grace period where the platform is away", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: stuck(), fake });
    fake.give(SYNC);
    await fake.until(() => fake.heartbeats.length > 0);
    fake.always("FinishTask", { kind: "refuse", code: 14 });
    const startedAt = rig.clock.now();
    await rig.stop();
    expect(rig.clock.now() - startedAt).toBeLessThan(30_000);
    expect(fake.finished).toEqual([]);
    expect(rig.files()).toEqual([]);
  });

  it("gives back tasks that it was handed beyond what it asked for", async () => {
    const fake = await startPlatform();
    const { connector, done } = busyConnector({
      onGrant: (signal) => new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason))),
    });
    const rig = await startRig({ connector, fake, several: true, concurrency: 1 });
    const ids = [fake.give(GRANT), fake.give(GRANT), fake.give(GRANT)];
    fake.handOutAll = true;
    await fake.until(() => fake.heartbeats.length > 0);
    await rig.stop();
    expect(done).toEqual([]);
    for (const id of ids) expect(await fake.end(id)).toMatchObject(CANCELLED);
  });

  it("ends at once when it is asked again", async () => {
    const fake = await startPlatform();
    const { connector } = busyConnector({ onGrant: () => new Promise(() => {}) });
    const rig = await startRig({ connector, fake });
    fake.give(GRANT);
    await fake.until(() => fake.heartbeats.length > 0);
    const startedAt = rig.clock.now();
    const stopped = rig.stop();
    rig.now();
    await stopped;
    expect(rig.clock.now() - startedAt).toBeLessThan(5000);
  });
});
