import { randomBytes } from "node:crypto";
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
const away = { kind: "refuse", code: 14 } as const;

describe("at the start", () => {
  it("a platform that is away gets the handshake again after 1, 2, 4 s and so on, up to five minutes", async () => {
    const fake = await startPlatform();
    fake.plan("Hello", ...Array.from({ length: 10 }, () => away));
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await fake.until(() => fake.hellos.length === 1);
    const pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1000);
    expect(rig.slept.slice(0, 10)).toEqual(pauses);
  });

  it("a token endpoint that fails for minutes is waited out", async () => {
    const fake = await startPlatform();
    fake.plan(
      "token",
      { kind: "refuse", code: 500 },
      { kind: "refuse", code: 503 },
      { kind: "reset" },
      { kind: "text", text: "<html>not a token</html>" },
      { kind: "text", text: "{}" },
      { kind: "refuse", code: 429 },
    );
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await fake.end(fake.give(GRANT));
    expect(rig.slept.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000]);
  });

  it.each([
    ["UNAUTHENTICATED", 16, "unauthenticated"],
    ["PERMISSION_DENIED", 7, "permissionDenied"],
    ["INVALID_ARGUMENT", 3, "invalidArgument"],
    ["UNIMPLEMENTED", 12, "unimplemented"],
    ["FAILED_PRECONDITION", 9, "failedPrecondition"],
    ["NOT_FOUND", 5, "notFound"],
  ])("%s is final", async (name, code, kind) => {
    const fake = await startPlatform();
    fake.always("Hello", { kind: "refuse", code });
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await expect(rig.ended).rejects.toMatchObject({ kind, answer: { code: name } });
    // A token that is not taken is replaced once.
    expect(fake.count("Hello")).toBe(code === 16 ? 2 : 1);
    expect(fake.count("token")).toBe(code === 16 ? 2 : 1);
  });

  it("a code that the contract does not call final is not, whatever it resembles", async () => {
    const fake = await startPlatform();
    fake.plan("Hello", { kind: "refuse", code: 11 });
    await startRig({ connector: busyConnector().connector, fake });
    await fake.until(() => fake.hellos.length === 1);
    expect(fake.count("Hello")).toBe(2);
  });

  it("a client that the token endpoint refuses ends it", async () => {
    const fake = await startPlatform();
    fake.always("token", { kind: "refuse", code: 401 });
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await expect(rig.ended).rejects.toMatchObject({
      kind: "unauthenticated",
      answer: { status: 401, code: "invalid_client" },
    });
    expect(fake.count("token")).toBe(1);
  });

  it("a signal while it waits ends it in order", async () => {
    const fake = await startPlatform();
    fake.always("Hello", away);
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await fake.until(() => fake.count("Hello") > 2);
    await rig.stop();
    expect(fake.count("GetTask")).toBe(0);
  });
});

describe("tokens", () => {
  it("that are revoked early are replaced, and nothing is lost", async () => {
    let runs = 0;
    const fake = await startPlatform();
    const { connector } = busyConnector({
      onGrant: () => {
        runs += 1;
        fake.revokeTokens();
      },
    });
    const rig = await startRig({ connector, fake });
    for (let i = 0; i < 3; i++) await fake.end(fake.give(GRANT));
    expect(runs).toBe(3);
    expect(rig.logged.filter((line) => line.startsWith("warn"))).toEqual([]);
  });

  it("are replaced before they end, and used on where the endpoint is away meanwhile", async () => {
    const fake = await startPlatform();
    fake.tokenSeconds = 100;
    const rig = await startRig({ connector: busyConnector().connector, fake });
    fake.nextPollMs = 5000;
    await fake.until(() => fake.count("GetTask") > 3);
    fake.plan("token", { kind: "refuse", code: 500 });
    await fake.until(() => fake.count("token") > 3);
    expect(fake.count("GetTask", "unauthenticated")).toBe(0);
    expect(rig.logged.filter((line) => line.startsWith("warn"))).toEqual([]);
  });
});

describe("a running service", () => {
  it("survives a platform that is away for minutes, over one connection", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await fake.until(() => fake.count("GetTask") > 1);
    fake.plan("GetTask", ...Array.from({ length: 9 }, () => away));
    await fake.until(() => fake.count("GetTask", "refuse") === 9);
    await fake.end(fake.give(GRANT));
    expect(rig.slept).toEqual(expect.arrayContaining([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]));
    expect(fake.connections).toBe(1);
  });

  it("comes back after its connection broke", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: busyConnector().connector, fake });
    await fake.until(() => fake.count("GetTask") > 1);
    fake.drop();
    await fake.end(fake.give(GRANT));
    fake.plan("GetTask", { kind: "reset" });
    await fake.until(() => fake.count("GetTask", "reset") === 1);
    await fake.end(fake.give(GRANT));
    await rig.stop();
  });

  it("gives up a poll that is never answered", async () => {
    const fake = await startPlatform();
    await startRig({ connector: busyConnector().connector, fake, callMs: 100 });
    fake.plan("GetTask", { kind: "silent" }, { kind: "silent" }, { kind: "silent" });
    await fake.until(() => fake.count("GetTask", "silent") === 3);
    await fake.end(fake.give(GRANT));
  });
});

describe("the end of a task", () => {
  it.each([
    ["refused once", [{ kind: "refuse", code: 13 }], 2],
    ["refused for minutes", Array.from({ length: 8 }, () => away), 9],
    ["lost before it came", [{ kind: "reset" }], 2],
  ] as const)("is told again where it was %s", async (_, plan, calls) => {
    const fake = await startPlatform();
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector, fake });
    fake.plan("FinishTask", ...plan);
    await fake.end(fake.give(GRANT));
    await rig.stop();
    expect(fake.count("FinishTask")).toBe(calls);
    expect(done).toHaveLength(1);
  });

  it.each([
    ["is lost", { kind: "lose" }],
    ["comes too late", { kind: "silent" }],
  ] as const)("whose answer %s is told until the platform says that it knows the task no more", async (_, bad) => {
    const fake = await startPlatform();
    const { connector, done } = busyConnector();
    const rig = await startRig({ connector, fake, callMs: 150 });
    fake.plan("FinishTask", bad);
    await fake.end(fake.give(GRANT));
    await fake.until(() => fake.count("FinishTask") === 2);
    await fake.end(fake.give(GRANT));
    await rig.stop();
    expect(fake.finished).toHaveLength(2);
    expect(done).toHaveLength(2);
  });

  it("that nobody takes does not keep others waiting for ever", async () => {
    const fake = await startPlatform();
    const { connector, done } = busyConnector();
    await startRig({ connector, fake, concurrency: 1 });
    fake.plan("FinishTask", ...Array.from({ length: 14 }, () => away));
    const first = fake.give(GRANT);
    const second = fake.give(GRANT);
    await Promise.all([fake.end(first), fake.end(second)]);
    expect(done).toHaveLength(2);
  });
});

describe("heartbeats", () => {
  const waiting = () => {
    const told: unknown[] = [];
    const { connector, done } = busyConnector({
      onGrant: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => {
            told.push(signal.reason);
            reject(signal.reason);
          }),
        ),
    });
    return { connector, done, told };
  };

  it("come at once in a sync, then as the platform says, from 1 s to 5 min, 30 s where it says nothing", async () => {
    const fake = await startPlatform();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { connector } = busyConnector({}, SMALL, {
      before: (key) => (key.startsWith("list role") ? gate : undefined),
    });
    const rig = await startRig({ connector, fake });
    const id = fake.give(SYNC);
    const next = [undefined, 45_000, 100, 3_600_000];
    fake.onCall = (call) => {
      if (call === "Heartbeat") fake.nextHeartbeatMs = next[fake.heartbeats.length];
    };
    await fake.until(() => fake.heartbeats.length === 5);
    open();
    await fake.end(id);
    for (const beat of fake.heartbeats) expect(beat).toMatchObject({ hostId: "host-1", taskId: id });
    const beats = rig.slept.filter((ms) => [30_000, 45_000, 300_000].includes(ms));
    expect(beats.slice(0, 3)).toEqual([30_000, 45_000, 300_000]);
    expect(rig.slept).not.toContain(100);
    expect(rig.slept).not.toContain(3_600_000);
  });

  it("that fail nine times, the first among them, lose nothing", async () => {
    const fake = await startPlatform();
    fake.plan("Heartbeat", ...Array.from({ length: 9 }, () => away));
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { connector } = busyConnector({}, SMALL, {
      before: (key) => (key.startsWith("list role") ? gate : undefined),
    });
    await startRig({ connector, fake });
    const id = fake.give(SYNC);
    await fake.until(() => fake.heartbeats.length === 2);
    open();
    expect((await fake.end(id)).finalState.case).toBe("success");
  });

  it("that fail ten times in a row stop the task, which may be tried again", async () => {
    const fake = await startPlatform();
    fake.always("Heartbeat", away);
    const { connector, told } = waiting();
    await startRig({ connector, fake });
    const end = await fake.end(fake.give(GRANT));
    expect(fake.count("Heartbeat")).toBe(10);
    expect(told).toHaveLength(1);
    expect(end).toMatchObject({ status: { code: 1 }, finalState: { case: "error", value: { nonRetryable: false } } });
  });

  it("that say that the task is cancelled stop it: CANCELLED, and it may be tried again", async () => {
    const fake = await startPlatform();
    const { connector, told, done } = waiting();
    await startRig({ connector, fake });
    const id = fake.give(GRANT);
    fake.cancelled.add(id);
    const end = await fake.end(id);
    expect(end).toMatchObject({ status: { code: 1 }, finalState: { case: "error", value: { nonRetryable: false } } });
    expect(told).toHaveLength(1);
    expect(done).toEqual([]);
  });

  it("stop what takes no notice of it, too", async () => {
    const fake = await startPlatform();
    const { connector } = busyConnector({ onGrant: () => new Promise(() => {}) });
    await startRig({ connector, fake });
    const id = fake.give(GRANT);
    fake.cancelled.add(id);
    expect((await fake.end(id)).status?.code).toBe(1);
  });
});

describe("uploads", () => {
  /** An org whose snapshot is larger than two chunks, as it does not compress. */
  const large = { ...SMALL, users: 300, pageSize: 100 };
  const wide = () => {
    const { connector } = busyConnector({}, large);
    const [users, ...others] = connector.types;
    const noisy = {
      ...users!,
      async list(...args: Parameters<NonNullable<typeof users>["list"]>) {
        const page = await users!.list(...args);
        for (const { resource } of page.items) resource.description = randomBytes(6000).toString("base64");
        return page;
      },
    };
    return { ...connector, types: [noisy, ...others] };
  };

  it("come in chunks of 512 KiB and the rest, with their checksum", async () => {
    const fake = await startPlatform();
    await startRig({ connector: wide(), fake });
    const id = fake.give(SYNC);
    await fake.end(id);
    const [upload] = fake.uploads;
    expect(upload).toMatchObject({ taskId: id, hostId: "host-1", whole: true });
    expect(upload!.chunks.length).toBeGreaterThan(2);
    expect(upload!.chunks.slice(0, -1).every((length) => length === 512 * 1024)).toBe(true);
    expect(upload!.bytes.subarray(0, 5).toString("latin1")).toBe("C1ZF\0");
  });

  it.each([
    ["refused", { kind: "refuse", code: 13 }],
    ["broken", { kind: "reset" }],
    ["lost", { kind: "lose" }],
  ] as const)("that are %s are repeated from the start", async (_, bad) => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: wide(), fake });
    fake.plan("UploadAsset", bad, bad, undefined);
    const end = await fake.end(fake.give(SYNC));
    expect(end.finalState.case).toBe("success");
    expect(fake.count("UploadAsset")).toBe(3);
    expect(fake.uploads.every(({ whole }) => whole)).toBe(true);
    await rig.stop();
    expect(rig.files()).toEqual([]);
  });

  it("that are never answered are given up after a while, and repeated", async () => {
    const fake = await startPlatform();
    await startRig({ connector: busyConnector().connector, fake });
    fake.plan("UploadAsset", { kind: "silent" });
    const end = await fake.end(fake.give(SYNC));
    expect(end.finalState.case).toBe("success");
    expect(fake.uploads).toHaveLength(2);
  });

  it("that the platform will not have fail the sync, which may be tried again", async () => {
    const fake = await startPlatform();
    const rig = await startRig({ connector: busyConnector().connector, fake });
    fake.always("UploadAsset", { kind: "refuse", code: 7 });
    const end = await fake.end(fake.give(SYNC));
    expect(end).toMatchObject({ status: { code: 7 }, finalState: { case: "error", value: { nonRetryable: false } } });
    await rig.stop();
    expect(rig.files()).toEqual([]);
  });
});
