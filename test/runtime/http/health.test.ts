import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Failure } from "../../../src/runtime/failure.ts";
import { createHealth, type HealthTimes } from "../../../src/runtime/http/health.ts";
import { type HttpPort, openHttpPort } from "../../../src/runtime/http/port.ts";
import { type Log, silentLog } from "../../../src/runtime/log/log.ts";
import { noMetrics } from "../../../src/runtime/metrics/metrics.ts";

/** A clock that a test moves on; sleeps end when their time has come. */
function handClock() {
  let now = Date.parse("2026-03-01T10:00:00Z");
  const waiting = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const one = { at: now + ms, wake: resolve };
        waiting.add(one);
        signal?.addEventListener("abort", () => {
          waiting.delete(one);
          reject(signal.reason);
        });
      }),
    async pass(ms: number) {
      now += ms;
      for (const one of [...waiting]) {
        if (one.at > now) continue;
        waiting.delete(one);
        one.wake();
      }
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
}

const unavailable = () => new Failure({ kind: "unavailable", message: "Okta is away" });

function stage(times: Partial<HealthTimes> = {}) {
  const clock = handClock();
  const told: string[] = [];
  const log: Log = { ...silentLog, info: (text) => void told.push(text), warn: (text) => void told.push(text) };
  const seen: [string, boolean][] = [];
  const metrics = { ...noMetrics, check: (name: string, ok: boolean) => void seen.push([name, ok]) };
  return { clock, told, seen, health: createHealth({ clock, log, metrics, times }) };
}

const open: HttpPort[] = [];

afterEach(async () => {
  for (const port of open.splice(0)) await port.close();
});

test("it is alive at once, and neither ready nor healthy before there is anything to check", async () => {
  const { health } = stage();
  expect(await health.ask("live")).toEqual({
    ok: true,
    body: { status: "alive", timestamp: "2026-03-01T10:00:00.000Z" },
  });
  expect((await health.ask("ready")).body).toMatchObject({
    status: "not_ready",
    details: { program: "it is starting" },
  });
  expect(await health.ask("health")).toMatchObject({ ok: false, body: { status: "unhealthy" } });
});

test("however often it is asked, the other side is asked once in a few seconds", async () => {
  const { clock, health, seen } = stage({ good: 5000 });
  let asked = 0;
  health.add("okta", async () => void asked++, { vital: true });
  for (let probe = 0; probe < 10; probe++) {
    expect((await health.ask("ready")).ok).toBe(true);
    expect((await health.ask("health")).ok).toBe(true);
  }
  expect(asked).toBe(1);
  await clock.pass(4999);
  await health.ask("ready");
  expect(asked).toBe(1);
  await clock.pass(1);
  await Promise.all([health.ask("ready"), health.ask("health"), health.ask("ready")]);
  expect(asked).toBe(2);
  // Work that goes well stands in for the check.
  for (let second = 0; second < 60; second++) {
    await clock.pass(1000);
    health.proven("okta");
    await health.ask("ready");
  }
  expect(asked).toBe(2);
  expect(seen).toEqual([
    ["okta", true],
    ["okta", true],
  ]);
});

test("it turns unready when a check fails and ready again when it succeeds, and says so once each", async () => {
  const { clock, health, told } = stage({ good: 5000, bad: 2000 });
  let away = false;
  health.add("okta", async () => {
    if (away) throw unavailable();
  });
  expect((await health.ask("ready")).ok).toBe(true);
  away = true;
  await clock.pass(5000);
  const down = await health.ask("ready");
  expect(down).toMatchObject({ ok: false, body: { status: "not_ready", details: { okta: "Okta is away" } } });
  // The work cannot show that a failed check is over: its requests may go elsewhere.
  health.proven("okta");
  await clock.pass(2000);
  expect((await health.ask("ready")).ok).toBe(false);
  away = false;
  await clock.pass(1999);
  expect((await health.ask("ready")).ok).toBe(false);
  await clock.pass(1);
  expect((await health.ask("ready")).body).toMatchObject({ status: "ready", details: { okta: "ok" } });
  expect(told).toEqual(["not ready: a check fails", "ready again"]);
});

test("a check that hangs keeps nobody waiting: what was last known is told for a while, then it is not ready", async () => {
  const { clock, health } = stage({ good: 5000, bad: 2000, patience: 800, limit: 30_000, stale: 20_000 });
  let hang = false;
  health.add("okta", () => (hang ? new Promise(() => {}) : Promise.resolve()));
  await health.ask("ready");
  hang = true;
  await clock.pass(6000);
  const asked = health.ask("ready");
  await clock.pass(800);
  expect((await asked).ok).toBe(true);
  await clock.pass(14_000);
  const later = health.ask("ready");
  await clock.pass(800);
  expect(await later).toMatchObject({ ok: false, body: { details: { okta: "no answer for a while" } } });
  // The try is given up at its limit, and the next one finds the other side back.
  await clock.pass(20_000);
  expect((await health.ask("ready")).body).toMatchObject({ details: { okta: "no result within 30 s" } });
  hang = false;
  await clock.pass(2000);
  expect((await health.ask("ready")).ok).toBe(true);
});

test("health is about what is vital, readiness about everything, and a program about to end is not ready", async () => {
  const { health } = stage();
  health.add("okta", async () => {}, { vital: true });
  health.add("platform", async () => {
    throw unavailable();
  });
  expect((await health.ask("health")).body).toMatchObject({ status: "healthy", details: { okta: "ok" } });
  expect((await health.ask("ready")).body.details).toEqual({ okta: "ok", platform: "Okta is away" });
  health.add("platform", async () => {});
  expect((await health.ask("ready")).ok).toBe(true);
  health.stopping();
  expect((await health.ask("ready")).ok).toBe(false);
  expect((await health.ask("live")).ok).toBe(true);
});

test("an error of unknown making shows nothing of its text", async () => {
  const { health } = stage();
  health.add("okta", async () => {
    throw new Error("token 00secret");
  });
  expect(JSON.stringify(await health.ask("ready"))).not.toContain("00secret");
});

test("the port answers 200 or 503 in JSON, and nothing but its own pages", async () => {
  const { health } = stage();
  const port = await openHttpPort({
    host: "127.0.0.1",
    port: 0,
    health,
    metrics: { text: async () => "up 1\n", contentType: "text/plain; version=0.0.4; charset=utf-8" },
  });
  open.push(port);
  const get = async (path: string, method = "GET") => {
    const answer = await fetch(port.url + path, { method });
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text() };
  };
  expect(await get("/live")).toMatchObject({ status: 200, type: "application/json" });
  const ready = await get("/ready");
  expect(ready.status).toBe(503);
  expect(JSON.parse(ready.body)).toMatchObject({ status: "not_ready", timestamp: "2026-03-01T10:00:00.000Z" });
  health.add("okta", async () => {}, { vital: true });
  expect(await get("/ready?verbose")).toMatchObject({ status: 200 });
  expect(JSON.parse((await get("/health")).body)).toMatchObject({ status: "healthy" });
  expect(await get("/health", "HEAD")).toMatchObject({ status: 200, body: "" });
  expect(await get("/metrics")).toMatchObject({ status: 200, body: "up 1\n" });
  expect((await get("/metrics", "POST")).status).toBe(405);
  expect((await get("/../etc/passwd")).status).toBe(404);
  const taken = openHttpPort({
    host: "127.0.0.1",
    port: Number(new URL(port.url).port),
    health,
    metrics: { text: async () => "", contentType: "text/plain" },
  });
  await expect(taken).rejects.toThrow("is in use already");
});

test("the port answers at once, however many hold connections open over which nothing comes", async () => {
  const { health } = stage();
  const port = await openHttpPort({
    host: "127.0.0.1",
    port: 0,
    health,
    metrics: { text: async () => "", contentType: "text/plain" },
  });
  open.push(port);
  const silent = Array.from({ length: 150 }, () => connect(Number(new URL(port.url).port), "127.0.0.1"));
  for (const socket of silent) socket.on("error", () => {});
  await Promise.all(silent.map((socket) => once(socket, "connect")));
  const answer = await fetch(`${port.url}/live`);
  expect(answer.status).toBe(200);
  for (const socket of silent) socket.destroy();
});
