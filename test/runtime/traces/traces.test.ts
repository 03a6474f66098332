import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Failure } from "../../../src/runtime/failure.ts";
import { type Log, silentLog } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { openTelemetry } from "../../../src/runtime/traces/otel.ts";
import { CERT, KEY } from "../../sandbox/tls-fixture.ts";
import { startCollector } from "../fake-collector.ts";

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const plain = { insecure: true, tracing: true, logging: true, level: "info" } as const;

test("spans nest by where they run, failed ones say why, and log lines belong to the span around them", async () => {
  const collector = await startCollector();
  closing.push(collector.close);
  const telemetry = await openTelemetry({ ...plain, endpoint: collector.address }, silentLog);
  const written: string[] = [];
  const log = telemetry.tee({ ...silentLog, info: (text) => void written.push(text) });
  const { traces } = telemetry;
  await traces.span("sync", { org: "acme.okta.com" }, async () => {
    log.info("sync started", { token: new Secret("00secret"), nested: { key: new Secret("00secret") }, count: 3 });
    log.debug("not wanted at this level");
    const one = async (name: string) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await traces.span(name, {}, async (span) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        traces.ended("GET /api/v1/users", 1, { status: 200 });
        span.set({ items: 200 });
      });
    };
    await Promise.all([one("list user"), one("list group")]);
    const failing = traces.span("grants of app", {}, async () => {
      throw new Failure({ kind: "permissionDenied", message: "the API token's owner may not do this" });
    });
    await expect(failing).rejects.toThrow("may not do this");
    const odd = traces.span("odd", {}, async () => {
      throw new TypeError("ada@acme.example 00secret");
    });
    await expect(odd).rejects.toThrow("00secret");
  });
  await telemetry.close();
  expect(written).toEqual(["sync started"]);
  const { spans, lines } = collector;
  const sync = spans.find(({ name }) => name === "sync")!;
  expect(sync.parentId).toBe("");
  for (const name of ["list user", "list group", "grants of app"]) {
    expect(spans.find((span) => span.name === name)).toMatchObject({ parentId: sync.id, traceId: sync.traceId });
  }
  const pages = spans.filter(({ name }) => name.startsWith("list ")).map(({ id }) => id);
  const calls = spans.filter(({ name }) => name === "GET /api/v1/users");
  expect(calls.map(({ parentId }) => parentId).sort()).toEqual(pages.sort());
  expect(spans.find(({ name }) => name === "grants of app")?.failed).toBe("the API token's owner may not do this");
  expect(spans.find(({ name }) => name === "odd")?.failed).toBe("TypeError");
  expect(lines).toEqual([{ body: "sync started", severity: 9, traceId: sync.traceId }]);
  expect(collector.text()).toContain("[redacted]");
  expect(collector.text()).not.toMatch(/00secret|ada@/);
});

test("over TLS the collector's own certificate authority is trusted, given as a file, as PEM or as base64 of it", async () => {
  const collector = await startCollector({ cert: Buffer.from(CERT), key: Buffer.from(KEY) });
  closing.push(collector.close);
  const folder = mkdtempSync(join(tmpdir(), "baton-otel-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, CERT);
  const ways = [
    { caFile },
    { ca: CERT },
    { ca: CERT.replaceAll("\n", "\\n") },
    { ca: Buffer.from(CERT).toString("base64url") },
  ];
  for (const [at, way] of ways.entries()) {
    const endpoint = `https://${collector.address}`;
    const telemetry = await openTelemetry({ ...plain, insecure: false, endpoint, ...way }, silentLog);
    await telemetry.traces.span(`way ${at}`, {}, async () => {});
    await telemetry.close();
  }
  expect(collector.spans.map(({ name }) => name)).toEqual(["way 0", "way 1", "way 2", "way 3"]);
});

test.each(["away", "refusing"])("a collector that is %s breaks nothing, and is told of once", async (how) => {
  const collector = await startCollector();
  if (how === "away") collector.close();
  else collector.refuse();
  closing.push(collector.close);
  const warned: string[] = [];
  const reasons: unknown[] = [];
  const log: Log = {
    ...silentLog,
    warn(text, fields) {
      warned.push(text);
      reasons.push(fields?.error);
    },
  };
  const telemetry = await openTelemetry({ ...plain, endpoint: collector.address }, log);
  const teed = telemetry.tee(silentLog);
  for (let at = 0; at < 5000; at++) {
    await telemetry.traces.span("list user", {}, async () => teed.info("read"));
  }
  await telemetry.close();
  expect(warned.length).toBeLessThanOrEqual(1);
  if (how === "refusing") expect(warned).toEqual(["the OpenTelemetry collector does not take what it is sent"]);
  for (const reason of reasons) expect(reason).toMatch(/^[^{][^\n]*$/);
});

test("each of the two can be left out", async () => {
  const collector = await startCollector();
  closing.push(collector.close);
  const run = async (tracing: boolean, logging: boolean) => {
    const telemetry = await openTelemetry({ ...plain, endpoint: collector.address, tracing, logging }, silentLog);
    await telemetry.traces.span("sync", {}, async () => telemetry.tee(silentLog).info("read"));
    await telemetry.close();
    return [collector.spans.splice(0).length, collector.lines.splice(0).length];
  };
  expect(await run(true, false)).toEqual([1, 0]);
  expect(await run(false, true)).toEqual([0, 1]);
});

test.each([
  [{ endpoint: "https://collector/v1/traces" }, /no address/],
  [{ endpoint: "collector:4317", ca: "a", caFile: "b" }, /given twice/],
  [{ endpoint: "collector:4317", caFile: "/nowhere/ca.pem" }, /cannot be read \(ENOENT\)/],
  [{ endpoint: "collector:4317", ca: "no certificate" }, /no certificate/],
])("%o is refused as wrong usage", async (options, message) => {
  const opened = openTelemetry({ ...plain, insecure: false, ...options }, silentLog);
  await expect(opened).rejects.toMatchObject({ kind: "usage", message: expect.stringMatching(message) });
});
