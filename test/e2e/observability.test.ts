import { request } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../src/sandbox/seed/seed.ts";
import { startCollector } from "../runtime/fake-collector.ts";
import { inFolder, type Running, run, start } from "./program.ts";

const TOKEN = "00verysecrettoken";
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function sandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const org = seedOrg({ users: 300, groups: 40, apps: 8, seed: 7 });
  const one = await startSandbox({
    org,
    tokens: [{ token: TOKEN, roles: ["SUPER_ADMIN"] }],
    limits: "off",
    ...options,
  });
  closing.push(() => one.close());
  return one;
}

/** The URL at which the program says that it serves health. */
function served(running: Running): Promise<string> {
  return vi.waitFor(
    () => {
      const [, url] = /"url":"(http:[^"]+)"/.exec(running.stderr()) ?? [];
      if (url === undefined) throw new Error(`no port yet: ${running.stderr()}`);
      return url;
    },
    { timeout: 15_000, interval: 20 },
  );
}

function page(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.once("error", reject);
    call.end();
  });
}

const until = (url: string, status: number) =>
  vi.waitFor(
    async () => {
      const answer = await page(url);
      if (answer.status !== status) throw new Error(`${url}: ${answer.status} ${answer.body}`);
      return JSON.parse(answer.body) as { status: string; timestamp: string; details: Record<string, string> };
    },
    { timeout: 25_000, interval: 100 },
  );

const access = (org: Sandbox) => ({ BATON_DOMAIN: org.url, BATON_API_TOKEN: TOKEN });

function following(org: Sandbox, more: readonly string[] = []): Running {
  const running = start(
    ["events", "--follow", "--follow-interval", "1", "--health-check", "--health-check-port", "0", ...more],
    { env: access(org) },
  );
  closing.push(() => running.child.kill("SIGKILL"));
  return running;
}

test("a program that loses Okta turns unready and comes back, and its token shows nowhere", async () => {
  const org = await sandbox();
  const running = following(org);
  const url = await served(running);
  expect((await until(`${url}/ready`, 200)).status).toBe("ready");
  expect((await until(`${url}/health`, 200)).status).toBe("healthy");

  const back = org.intercept(() => "503");
  const down = await until(`${url}/ready`, 503);
  expect(down).toMatchObject({ status: "not_ready", details: { okta: expect.stringMatching(/\w/) } });
  expect((await page(`${url}/live`)).status).toBe(200);
  const asked = await run(["health-check", "--endpoint", "ready", "--health-check-port", new URL(url).port]);
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain("HTTP 503");
  const lost = await page(`${url}/metrics`);
  expect(lost.body).toContain('baton_okta_check_ok{check="okta"} 0');

  back();
  expect((await until(`${url}/ready`, 200)).details).toEqual({ okta: "ok" });
  const environment = { BATON_HEALTH_CHECK_PORT: new URL(url).port };
  const well = await run(["health-check"], { env: environment });
  expect(well).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(well.stdout)).toMatchObject({ status: "healthy" });
  expect((await run(["health-check", "--endpoint", "live"], { env: environment })).code).toBe(0);

  const metrics = (await page(`${url}/metrics`)).body;
  expect(metrics).toMatch(
    /baton_okta_api_requests_total\{method="GET",endpoint="\/api\/v1\/logs",status="200"\} [1-9]/,
  );
  expect(metrics).toMatch(
    /baton_okta_api_requests_total\{method="GET",endpoint="\/api\/v1\/users",status="503"\} [1-9]/,
  );
  expect(metrics).toMatch(/^nodejs_eventloop_lag_seconds /m);
  running.child.kill("SIGTERM");
  const ended = await running.ended;
  expect(ended.code).toBe(0);
  for (const text of [metrics, lost.body, JSON.stringify(down), ended.stderr, ended.stdout, asked.stderr]) {
    expect(text).not.toContain(TOKEN);
  }
  await expect(page(`${url}/live`)).rejects.toThrow("ECONNREFUSED");
  expect((await run(["health-check"], { env: environment })).code).toBe(1);
});

test("a token that is no longer good makes it unready, and shows nowhere even where Okta repeats it", async () => {
  const org = await sandbox();
  org.intercept(({ url }) =>
    url.includes("/users") ? { status: 401, body: { errorCode: "E0000011", errorSummary: `Bad ${TOKEN}` } } : undefined,
  );
  const running = following(org);
  const url = await served(running);
  const locked = await until(`${url}/ready`, 503);
  expect(locked.details.okta).toContain("does not accept the API token");
  expect((await until(`${url}/health`, 503)).status).toBe("unhealthy");
  const { body } = await page(`${url}/metrics`);
  running.child.kill("SIGTERM");
  const { stderr, stdout } = await running.ended;
  expect(stderr).toContain("not ready: a check fails");
  for (const text of [body, JSON.stringify(locked), stderr, stdout]) expect(text).not.toContain(TOKEN);
});

test("a sync shows how far it is, spends no extra calls on probes, and sends its trace to a collector", async () => {
  const org = await sandbox({ latencyMs: 30 });
  const collector = await startCollector();
  closing.push(collector.close);
  await inFolder(async (folder) => {
    const flags = ["-f", join(folder, "sync.c1z"), "--workers", "1"];
    const plain = await run(flags, { env: access(org) });
    expect(plain.code).toBe(0);
    const calls = org.calls().total;
    const running = start(
      [
        ...["-f", join(folder, "again.c1z"), "--workers", "1", "--health-check", "--health-check-port", "0"],
        ...["--otel-collector-endpoint", collector.address, "--otel-collector-endpoint-tls-insecure"],
      ],
      { env: access(org) },
    );
    closing.push(() => running.child.kill("SIGKILL"));
    const url = await served(running);
    const metrics = await vi.waitFor(
      async () => {
        const { body } = await page(`${url}/metrics`);
        expect(body).toMatch(/baton_okta_sync_items\{list="group",operation="grants"\} [1-9]/);
        expect((await page(`${url}/ready`)).status).toBe(200);
        return body;
      },
      { timeout: 20_000, interval: 10 },
    );
    expect(metrics).toContain("baton_okta_sync_running 1");
    expect(metrics).toContain('baton_okta_sync_phase{phase="reading"} 1');
    expect(metrics).toMatch(/baton_okta_api_requests_in_flight\{bucket="\/api\/v1\/\w+\/\{id\}\/\w+"\}/);
    expect((await running.ended).code).toBe(0);
    expect(org.calls().total - calls - calls).toBeLessThanOrEqual(2);

    const { spans, lines } = collector;
    const sync = spans.find(({ name }) => name === "sync")!;
    const lists = spans.filter(({ name }) => name === "list group");
    expect(lists.length).toBeGreaterThan(0);
    for (const { traceId, parentId } of lists) expect([traceId, parentId]).toEqual([sync.traceId, sync.id]);
    const called = spans.filter(({ name }) => name === "GET /api/v1/groups");
    expect(called.map(({ parentId }) => parentId)).toEqual(lists.map(({ id }) => id));
    expect(lines.map(({ body }) => body)).toContain("sync finished");
    expect(collector.text()).not.toContain(TOKEN);
    expect(collector.text()).not.toMatch(/@\w+\.(example|com)/);
  });
});

test("a collector that is not there changes neither the result nor the exit", async () => {
  const org = await sandbox();
  await inFolder(async (folder) => {
    const ended = await run(["-f", join(folder, "sync.c1z"), "--otel-collector-endpoint", "http://127.0.0.1:9"], {
      env: access(org),
    });
    expect(ended.code).toBe(0);
  });
});

test("a port that is taken, and a collector that is none, are wrong usage", async () => {
  const org = await sandbox();
  const port = new URL(org.url).port;
  const taken = await run(["--health-check", "--health-check-port", port], { env: access(org) });
  expect(taken.code).toBe(2);
  expect(taken.stderr).toContain("in use already");
  const none = await run(["--otel-collector-endpoint", "a b"], { env: access(org) });
  expect(none.code).toBe(2);
});

test("a served connector counts and traces its calls, and stops being ready when it is told to end", async () => {
  const org = await sandbox();
  const collector = await startCollector();
  closing.push(collector.close);
  const running = start(
    [
      ...["serve", "--listen", "127.0.0.1:0", "--health-check", "--health-check-port", "0"],
      ...["--otel-collector-endpoint", collector.address, "--otel-collector-endpoint-tls-insecure"],
    ],
    { env: access(org) },
  );
  closing.push(() => running.child.kill("SIGKILL"));
  const url = await served(running);
  await until(`${url}/ready`, 200);
  const address = await vi.waitFor(() => {
    const [, at] = /over gRPC at (\S+)/.exec(running.stdout()) ?? [];
    if (at === undefined) throw new Error(running.stdout());
    return at;
  });
  await inFolder(async (folder) => {
    const synced = await run(["sync", "--connector", address, "-f", join(folder, "sync.c1z")]);
    expect(synced.code, synced.stderr).toBe(0);
  });
  const { body } = await page(`${url}/metrics`);
  expect(body).toMatch(
    /baton_okta_rpc_requests_total\{method="c1\.connector\.v2\.GrantsService\/ListGrants",code="OK"\} [1-9]/,
  );
  expect(body).toContain("baton_okta_rpc_requests_running 0");
  running.child.kill("SIGTERM");
  expect((await running.ended).code).toBe(0);
  const listed = collector.spans.filter(({ name }) => name === "c1.connector.v2.ResourcesService/ListResources");
  const lists = collector.spans.filter(({ name }) => name === "list group");
  expect(lists.length).toBeGreaterThan(0);
  for (const { parentId } of lists) expect(listed.map(({ id }) => id)).toContain(parentId);
});
