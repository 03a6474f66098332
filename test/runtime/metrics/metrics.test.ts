import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { createMetricsRegistry, type MetricsRegistry } from "../../../src/runtime/metrics/registry.ts";

let registry: MetricsRegistry | undefined;

afterEach(() => {
  registry?.close();
  registry = undefined;
});

/** A registry that has been told everything that can be told. */
function filled(): MetricsRegistry {
  registry = createMetricsRegistry();
  registry.answered({ method: "GET", endpoint: "/api/v1/users", status: 200, durationMs: 120 });
  registry.answered({ method: "GET", endpoint: "/api/v1/users", status: 200, durationMs: 80 });
  registry.answered({ method: "GET", endpoint: "/api/v1/groups/{id}/users", status: 429, durationMs: 30 });
  registry.broken({ method: "GET", endpoint: "/api/v1/users", reason: "timeout" });
  registry.task("grant", "done", 300);
  registry.task("sync_full", "failed", 60_000);
  registry.rpc("c1.connector.v2.GrantsService/ListGrants", "OK", 12);
  registry.event("createGrantEvent");
  registry.pushed({ method: "PATCH", resource: "Users", status: 200, durationMs: 12 });
  registry.drift({ "missed-deactivation": 2 });
  registry.tokens(() => [{ name: "okta", expiresAt: 2_000_000 }]);
  registry.check("okta", false);
  registry.gauge("tasksRunning", () => 2);
  registry.gauge("tasksQueued", () => 5);
  registry.gauge("rpcsRunning", () => 1);
  registry.limits(() => [
    {
      name: "/api/v1/users",
      limit: 600,
      remaining: 411,
      waits: 3,
      waitedMs: 4500,
      refusals: 1,
      inFlight: 2,
      waiting: 7,
    },
    { name: "/api/v1/apps", waits: 0, waitedMs: 0, refusals: 0, inFlight: 0, waiting: 0 },
  ]);
  registry.syncEnded("interrupted", 5000);
  registry.syncEnded("done", 90_000);
  registry.increment({ mode: "incremental", readAgain: 7, sampled: 5, sampleMismatches: 1, countMismatches: 2 });
  registry.sync({
    phase: "reading",
    lanes: [{ name: "group", operation: "grants", pages: 12, items: 2400, queued: 30, inFlight: 4 }],
  });
  return registry;
}

test("syncs of what has changed are counted by what they read, and so is what they found wrong", async () => {
  const text = await filled().text();
  for (const line of [
    'baton_okta_syncs_by_mode_total{mode="incremental"} 1',
    "baton_okta_sync_readings_again_total 7",
    "baton_okta_sync_sampled_total 5",
    'baton_okta_sync_mismatches_total{by="sample"} 1',
    'baton_okta_sync_mismatches_total{by="count"} 2',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

test("what was told is what is read", async () => {
  const text = await filled().text();
  for (const line of [
    'baton_okta_api_requests_total{method="GET",endpoint="/api/v1/users",status="200"} 2',
    'baton_okta_api_requests_total{method="GET",endpoint="/api/v1/groups/{id}/users",status="429"} 1',
    'baton_okta_api_request_duration_seconds_count{endpoint="/api/v1/users"} 2',
    'baton_okta_api_errors_total{method="GET",endpoint="/api/v1/users",reason="timeout"} 1',
    'baton_okta_rate_limit_requests{bucket="/api/v1/users"} 600',
    'baton_okta_rate_limit_remaining{bucket="/api/v1/users"} 411',
    'baton_okta_rate_limit_waiting{bucket="/api/v1/users"} 7',
    'baton_okta_rate_limit_waits_total{bucket="/api/v1/users"} 3',
    'baton_okta_rate_limit_wait_seconds_total{bucket="/api/v1/users"} 4.5',
    'baton_okta_rate_limit_refusals_total{bucket="/api/v1/users"} 1',
    'baton_okta_api_requests_in_flight{bucket="/api/v1/users"} 2',
    'baton_okta_tasks_total{kind="grant",outcome="done"} 1',
    'baton_okta_tasks_total{kind="sync_full",outcome="failed"} 1',
    "baton_okta_tasks_running 2",
    "baton_okta_tasks_queued 5",
    'baton_okta_rpc_requests_total{method="c1.connector.v2.GrantsService/ListGrants",code="OK"} 1',
    "baton_okta_rpc_requests_running 1",
    'baton_okta_events_total{kind="createGrantEvent"} 1',
    'baton_okta_check_ok{check="okta"} 0',
    'baton_okta_syncs_total{outcome="done"} 1',
    'baton_okta_sync_last_duration_seconds{outcome="done"} 90',
    "baton_okta_sync_running 1",
    'baton_okta_sync_phase{phase="reading"} 1',
    'baton_okta_sync_pages{list="group",operation="grants"} 12',
    'baton_okta_sync_items{list="group",operation="grants"} 2400',
    'baton_okta_sync_queue_pages{list="group",operation="grants"} 30',
  ]) {
    expect(text.split("\n")).toContain(line);
  }
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  expect(text).toMatch(/^process_resident_memory_bytes /m);
  expect(text).toMatch(/^baton_okta_build_info\{version="[^"]+",node="[^"]+"\} 1$/m);
});

test("totals that are read from elsewhere do not add up over readings, and limits not known yet are left out", async () => {
  const metrics = filled();
  await metrics.text();
  const text = await metrics.text();
  expect(text).toContain('baton_okta_rate_limit_waits_total{bucket="/api/v1/users"} 3\n');
  expect(text).not.toContain('baton_okta_rate_limit_remaining{bucket="/api/v1/apps"}');
  metrics.syncEnded("failed", 1000);
  const after = await metrics.text();
  expect(after).toContain("baton_okta_sync_running 0\n");
  expect(after).not.toContain("baton_okta_sync_phase{");
});

test("a label that comes from outside has a bound", async () => {
  registry = createMetricsRegistry();
  for (let at = 0; at < 1000; at++) registry.rpc(`made.up/Method${at}`, "UNIMPLEMENTED", 1);
  const text = await registry.text();
  const series = text.split("\n").filter((line) => line.startsWith("baton_okta_rpc_requests_total{"));
  expect(series).toHaveLength(101);
  expect(series.at(-1)).toBe('baton_okta_rpc_requests_total{method="other",code="UNIMPLEMENTED"} 900');
});

test("two registries do not share anything, as two runs in one process must not", async () => {
  const first = filled();
  const second = createMetricsRegistry();
  expect(await second.text()).not.toContain("baton_okta_tasks_total{");
  second.close();
  expect(await first.text()).toContain("baton_okta_tasks_total{");
});

const read = (path: string) =>
  readFileSync(new URL(`../../../charts/baton-okta/observability/${path}`, import.meta.url), "utf8");

/** The names that an expression of Prometheus speaks of. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}|"[^"]*"|\[[^\]]*\]/g, " ")
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, " ");
  return [...bare.matchAll(/\b(?:baton|nodejs|process)_\w+/g)].map(([name]) => name);
}

/** The series that there are, and the labels of each. */
async function series(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const line of (await filled().text()).split("\n")) {
    const [, name, labels = ""] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = found.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    found.set(name, known);
  }
  return found;
}

interface Panel {
  readonly title: string;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr: string }[];
}

test("the dashboard and the alerts speak of metrics and labels that exist", async () => {
  const known = await series();
  const dashboard = JSON.parse(read("dashboard.json")) as { panels: readonly Panel[] };
  const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  const rules = parse(read("alerts.yaml")) as { groups: { rules: { alert: string; expr: string }[] }[] };
  const expressions = [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
    ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const)),
  ];
  expect(expressions.length).toBeGreaterThan(15);
  const used = new Set<string>();
  for (const [where, expression] of expressions) {
    const names = namesIn(expression);
    expect(names.length, where).toBeGreaterThan(0);
    for (const name of names) {
      expect([...known.keys()], where).toContain(name);
      used.add(name);
    }
    const labels = new Set([
      "job",
      "instance",
      "namespace",
      "pod",
      "le",
      ...names.flatMap((name) => [...known.get(name)!]),
    ]);
    for (const [, group] of expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)) {
      for (const label of group!.split(",")) expect([...labels], where).toContain(label.trim());
    }
    for (const [, matchers] of expression.matchAll(/\{([^}]*)\}/g)) {
      for (const [, label] of matchers!.matchAll(/(\w+)\s*[=!]/g)) expect([...labels], where).toContain(label);
    }
  }
  // What is measured is shown: the parts of a histogram count as one.
  const own = [...known.keys()].filter((name) => name.startsWith("baton_okta_") && !/_(sum|count)$/.test(name));
  expect(own.filter((name) => !used.has(name))).toEqual([]);
});
