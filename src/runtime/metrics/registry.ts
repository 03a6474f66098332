import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { version } from "../version.ts";
import type { Gauge as GaugeName, LimitState, Metrics, SyncState } from "./metrics.ts";

/** Metrics that can be read. */
export interface MetricsRegistry extends Metrics {
  /** All of them in the text form that Prometheus reads. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

/** Seconds that a request to Okta takes: some 30 ms at best, a timeout at worst. */
const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Seconds that a gRPC call takes: some need nothing of Okta. */
const RPC_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Seconds that a task takes, up to a sync of a large org. */
const TASK_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];

/** Why something may be missing from a sync. */
const GAPS = ["refused", "unreadable", "incomplete"] as const;

/** Values that a label may take; what comes after them is counted as `other`. */
const LABEL_BOUND = 100;

const PRESENT: Readonly<Record<GaugeName, readonly [name: string, help: string]>> = {
  snapshotAge: ["baton_okta_snapshot_age_seconds", "How old the picture in the snapshot is: 0 before the first sync"],
  limitsReached: [
    "baton_okta_sync_limits_reached_ratio",
    "The part of what the rate limits allow that the last sync reached: 0 where they did not decide",
  ],
  tasksRunning: ["baton_okta_tasks_running", "Tasks of the platform that run now"],
  tasksQueued: ["baton_okta_tasks_queued", "Tasks of the platform that were taken and wait to be run"],
  leasesOpen: ["baton_okta_leases_open", "Leases that have not ended"],
  leasesOverdue: ["baton_okta_leases_overdue", "Leases that have run out and have not ended"],
  leasesFailing: ["baton_okta_leases_failing", "Leases that cannot be ended: the access may still be there"],
  rpcsRunning: ["baton_okta_rpc_requests_running", "gRPC calls that are being answered now"],
};

/** Makes metrics that are kept and can be read. */
export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  const bounded = createBound();
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[], collect?: (self: Gauge<L>) => void) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      ...(collect && {
        collect() {
          collect(this as unknown as Gauge<L>);
        },
      }),
    });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  gauge("baton_okta_build_info", "The version that runs; always 1", ["version", "node"]).set(
    { version, node: process.versions.node },
    1,
  );
  const requests = counter("baton_okta_api_requests_total", "Requests to Okta that were answered, each try counted", [
    "method",
    "endpoint",
    "status",
  ]);
  const seconds = histogram(
    "baton_okta_api_request_duration_seconds",
    "How long Okta took to answer, waiting for limits not counted",
    ["endpoint"],
    CALL_SECONDS,
  );
  const errors = counter("baton_okta_api_errors_total", "Requests to Okta that no whole answer came to", [
    "method",
    "endpoint",
    "reason",
  ]);

  let readLimits: () => readonly LimitState[] = () => [];
  const ofLimits = (name: string, help: string, value: (limit: LimitState) => number | undefined) => {
    gauge(name, help, ["bucket"], (self) => {
      self.reset();
      for (const limit of readLimits()) {
        const now = value(limit);
        if (now !== undefined) self.inc({ bucket: bounded("bucket", limit.name) }, now);
      }
    });
  };
  ofLimits("baton_okta_rate_limit_requests", "Requests a window that Okta allows", ({ limit }) => limit);
  ofLimits("baton_okta_rate_limit_remaining", "Requests left in this window", ({ remaining }) => remaining);
  ofLimits("baton_okta_rate_limit_waiting", "Requests that wait to be sent now", ({ waiting }) => waiting);
  ofLimits("baton_okta_api_requests_in_flight", "Requests to Okta that are under way", ({ inFlight }) => inFlight);
  const ofLimitsTotal = (name: string, help: string, value: (limit: LimitState) => number) => {
    const total: Counter<"bucket"> = new Counter({
      name,
      help,
      labelNames: ["bucket"],
      registers,
      collect() {
        total.reset();
        for (const limit of readLimits()) total.inc({ bucket: bounded("bucket", limit.name) }, value(limit));
      },
    });
  };
  ofLimitsTotal("baton_okta_rate_limit_waits_total", "Requests that had to wait for their limit", ({ waits }) => waits);
  ofLimitsTotal(
    "baton_okta_rate_limit_wait_seconds_total",
    "How long requests have waited for their limit",
    ({ waitedMs }) => waitedMs / 1000,
  );
  ofLimitsTotal("baton_okta_rate_limit_refusals_total", "Answers 429", ({ refusals }) => refusals);

  let syncing: SyncState | undefined;
  const ofLanes = (name: string, help: string, value: (lane: SyncState["lanes"][number]) => number) => {
    gauge(name, help, ["list", "operation"], (self) => {
      self.reset();
      for (const lane of syncing?.lanes ?? []) {
        self.inc({ list: bounded("list", lane.name), operation: bounded("operation", lane.operation) }, value(lane));
      }
    });
  };
  ofLanes("baton_okta_sync_pages", "Pages that the sync under way, or else the last one, has stored", (l) => l.pages);
  ofLanes("baton_okta_sync_items", "Resources or grants on those pages", (lane) => lane.items);
  ofLanes("baton_okta_sync_queue_pages", "Pages known to be still unread", (lane) => lane.queued);
  let running = 0;
  gauge("baton_okta_sync_running", "Whether a sync is under way: 1, else 0", [], (self) => self.set(running));
  gauge("baton_okta_sync_phase", "What the sync under way is doing: 1", ["phase"], (self) => {
    self.reset();
    if (running === 1 && syncing !== undefined) self.set({ phase: bounded("phase", syncing.phase) }, 1);
  });
  const syncs = counter("baton_okta_syncs_total", "Syncs that ended, by how", ["outcome"]);
  const lastSync = gauge("baton_okta_sync_last_duration_seconds", "How long the last sync took", ["outcome"]);
  const missing = gauge("baton_okta_sync_missing", "What the last finished sync could not show, by sort", ["sort"]);
  const lastGood = gauge("baton_okta_sync_last_success_timestamp_seconds", "When the last good sync ended", []);

  const modes = counter("baton_okta_syncs_by_mode_total", "Syncs asked to read only what changed, by what they read", [
    "mode",
  ]);
  const readAgain = counter("baton_okta_sync_readings_again_total", "Readings that such syncs made again", []);
  const sampled = counter("baton_okta_sync_sampled_total", "Carried-over objects read again as a sample", []);
  const mismatches = counter(
    "baton_okta_sync_mismatches_total",
    "Carried-over objects that were not as stored though nothing had said so, by what showed it",
    ["by"],
  );

  const tasks = counter("baton_okta_tasks_total", "Tasks of the platform that ended, by how", ["kind", "outcome"]);
  const taskSeconds = histogram("baton_okta_task_duration_seconds", "How long tasks took", ["kind"], TASK_SECONDS);
  const rpcs = counter("baton_okta_rpc_requests_total", "gRPC calls that were answered", ["method", "code"]);
  const rpcSeconds = histogram("baton_okta_rpc_duration_seconds", "How long gRPC calls took", ["method"], RPC_SECONDS);
  const events = counter("baton_okta_events_total", "Events of the system log that were handed out", ["kind"]);
  const checks = gauge("baton_okta_check_ok", "Whether a health check was good when it last ran: 1, else 0", ["check"]);

  const leases = counter("baton_okta_leases_ended_total", "Leases that ended, and tries that failed, by how", [
    "outcome",
  ]);
  const pushes = counter("baton_okta_scim_requests_total", "Requests of SCIM clients that were answered", [
    "method",
    "resource",
    "status",
  ]);
  const pushSeconds = histogram(
    "baton_okta_scim_request_duration_seconds",
    "How long SCIM clients waited for an answer",
    ["resource"],
    RPC_SECONDS,
  );
  const lastPush = gauge("baton_okta_scim_last_push_timestamp_seconds", "When a change was last pushed", []);
  const drifts = gauge(
    "baton_okta_scim_drift",
    "How often what was pushed differed from Okta when they were last compared, by sort",
    ["sort"],
  );
  let readTokens: () => readonly { readonly name: string; readonly expiresAt: number }[] = () => [];
  gauge("baton_okta_scim_token_expiry_timestamp_seconds", "When a SCIM token expires", ["token"], (self) => {
    self.reset();
    for (const { name, expiresAt } of readTokens()) self.set({ token: bounded("token", name) }, expiresAt / 1000);
  });

  const present = new Map<GaugeName, () => number>();
  for (const [key, [name, help]] of Object.entries(PRESENT) as [GaugeName, readonly [string, string]][]) {
    gauge(name, help, [], (self) => self.set(present.get(key)?.() ?? 0));
  }

  return {
    answered({ method, endpoint, status, durationMs }) {
      const labels = { method: bounded("method", method), endpoint: bounded("endpoint", endpoint) };
      requests.inc({ ...labels, status: String(status) });
      seconds.observe({ endpoint: labels.endpoint }, durationMs / 1000);
    },
    broken({ method, endpoint, reason }) {
      errors.inc({
        method: bounded("method", method),
        endpoint: bounded("endpoint", endpoint),
        reason: bounded("reason", reason),
      });
    },
    task(kind, outcome, durationMs) {
      const labels = { kind: bounded("task", kind) };
      tasks.inc({ ...labels, outcome });
      taskSeconds.observe(labels, durationMs / 1000);
    },
    rpc(method, code, durationMs) {
      const labels = { method: bounded("rpc", method) };
      rpcs.inc({ ...labels, code: bounded("code", code) });
      rpcSeconds.observe(labels, durationMs / 1000);
    },
    sync(state) {
      syncing = state;
      running = 1;
    },
    syncEnded(outcome, durationMs, gaps) {
      running = 0;
      if (gaps !== undefined) {
        for (const sort of GAPS) missing.set({ sort }, gaps.filter((gap) => (gap.sort ?? "refused") === sort).length);
      }
      syncs.inc({ outcome });
      lastSync.set({ outcome }, durationMs / 1000);
      if (outcome === "done") lastGood.setToCurrentTime();
    },
    event: (kind) => events.inc({ kind: bounded("event", kind) }),
    pushed({ method, resource, status, durationMs }) {
      const labels = { resource: bounded("resource", resource) };
      pushes.inc({ ...labels, method: bounded("method", method), status: String(status) });
      pushSeconds.observe(labels, durationMs / 1000);
      if (method !== "GET" && method !== "HEAD" && status < 300) lastPush.setToCurrentTime();
    },
    drift(counts) {
      drifts.reset();
      for (const [sort, count] of Object.entries(counts)) drifts.set({ sort: bounded("drift", sort) }, count);
    },
    tokens(read) {
      readTokens = read;
    },
    lease: (outcome) => leases.inc({ outcome: bounded("lease", outcome) }),
    check: (name, ok) => checks.set({ check: bounded("check", name) }, ok ? 1 : 0),
    increment({ mode, ...state }) {
      modes.inc({ mode });
      readAgain.inc(state.readAgain);
      sampled.inc(state.sampled);
      mismatches.inc({ by: "sample" }, state.sampleMismatches);
      mismatches.inc({ by: "count" }, state.countMismatches);
    },
    gauge: (name, read) => void present.set(name, read),
    limits(read) {
      readLimits = read;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => registry.clear(),
  };
}

/**
 * Bounds what a label can be: Prometheus keeps a series for each value it ever saw, and some values come from outside.
 */
function createBound(): (label: string, value: string) => string {
  const known = new Map<string, Set<string>>();
  return (label, value) => {
    let values = known.get(label);
    if (values === undefined) {
      values = new Set();
      known.set(label, values);
    }
    if (values.has(value)) return value;
    if (values.size >= LABEL_BOUND) return "other";
    values.add(value);
    return value;
  };
}
