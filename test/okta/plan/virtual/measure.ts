import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sync } from "../../../../src/baton/sync/sync.ts";
import { createOktaClient } from "../../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../../src/okta/api/http/domain.ts";
import { createOktaConnector } from "../../../../src/okta/connector.ts";
import type { ForcedRoute } from "../../../../src/okta/plan/routes.ts";
import type { Clock } from "../../../../src/runtime/clock.ts";
import { Failure } from "../../../../src/runtime/failure.ts";
import { silentLog } from "../../../../src/runtime/log/log.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";
import { type Bucket, bucketOf, type LimitSetting } from "../../../../src/sandbox/http/limits.ts";
import { startSandbox } from "../../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../../src/sandbox/seed/seed.ts";
import { WHOLE } from "../../../baton/rpc/okta.ts";
import { OtherClient } from "./other-client.ts";
import { StepClock } from "./step-clock.ts";

/** An org, and the limits that it has. */
export interface Shape {
  readonly name: string;
  readonly users: number;
  readonly groups: number;
  readonly apps: number;
  readonly memberships?: number;
  readonly limits: LimitSetting;
}

export const SHAPES: readonly Shape[] = [
  { name: "many groups", users: 3000, groups: 12_000, apps: 60, memberships: 60_000, limits: "default" },
  { name: "many apps", users: 3000, groups: 500, apps: 1000, limits: "default" },
  { name: "few large groups", users: 20_000, groups: 20, apps: 12, memberships: 200_000, limits: "default" },
  { name: "all default", users: 8000, groups: 1500, apps: 150, limits: "default" },
  { name: "integrator", users: 500, groups: 200, apps: 60, limits: "integrator" },
];

/** What a sync took. */
export interface Measured {
  readonly calls: number;
  readonly othersCalls: number;
  /** By the org's clock. */
  readonly ms: number;
  /** The same calls at the full limits, and at what the other client leaves, from the start of a window on. */
  readonly floorMs: number;
  readonly leftFloorMs: number;
  readonly refused: number;
  readonly othersRefused: number;
  readonly byBucket: Readonly<Record<string, number>>;
  readonly byPattern: Readonly<Record<string, number>>;
}

const OURS = { token: "00ours", roles: ["SUPER_ADMIN"] };
const THEIRS = { token: "00theirs", roles: ["SUPER_ADMIN"] };

const WINDOW_MS = 60_000;
/** What the other client uses of each limit. */
const OTHERS_PART = 0.2;

export interface MeasureOptions {
  /** Whether another client uses a fifth of each limit. */
  readonly others: boolean;
  readonly share?: number;
  /** How long an answer takes, in milliseconds. */
  readonly latencyMs?: number;
  /** One route in place of the one that ends first. */
  readonly route?: ForcedRoute | undefined;
  /** What is measured is a second sync, of what has changed, whose system log is refused. */
  readonly withoutLog?: boolean;
}

/** Syncs an org of a shape by a clock whose time passes only while requests wait. */
export async function measure(
  shape: Shape,
  { others, share = 0.8, latencyMs = 150, route, withoutLog = false }: MeasureOptions,
): Promise<Measured> {
  const { name: _, limits, ...size } = shape;
  const clock = new StepClock();
  const org = seedOrg({ ...size, seed: 7, clock });
  const folder = mkdtempSync(join(tmpdir(), "baton-routes-"));
  let held = 0;
  const sandboxClock: Clock = {
    now: () => clock.now(),
    sleep: (ms, signal) => {
      held++;
      return clock.sleep(ms, signal).finally(() => held--);
    },
  };
  const sandbox = await startSandbox({
    ...{ org, limits, latencyMs, windowMs: WINDOW_MS, tokens: [OURS, THEIRS] },
    clock: sandboxClock,
  });
  const byBucket: Record<string, number> = {};
  const byPattern: Record<string, number> = {};
  const seenLimits = new Map<Bucket, number>();
  sandbox.onRequest(({ headers, pattern = "" }) => {
    if (headers.authorization !== `SSWS ${OURS.token}`) return;
    byBucket[bucketOf(pattern)] = (byBucket[bucketOf(pattern)] ?? 0) + 1;
    byPattern[pattern] = (byPattern[pattern] ?? 0) + 1;
  });
  const origin = parseDomain(sandbox.url);
  const client = createOktaClient({
    ...{ origin, clock, share, userAgent: "bench", env: {} },
    credentials: { kind: "apiToken", token: new Secret(OURS.token) },
  });
  const refusing: typeof client = {
    ...client,
    async list(path, call, options) {
      if (path.startsWith("/api/v1/logs")) throw new Failure({ kind: "permissionDenied", message: "no log" });
      return client.list(path, call, options);
    },
  };
  const connector = createOktaConnector({
    client: withoutLog ? refusing : client,
    origin,
    options: { ...WHOLE, ...(route && { route }) },
    clock,
    log: silentLog,
    share,
  });
  const other = others ? new OtherClient(sandbox.url, THEIRS.token, clock, OTHERS_PART) : undefined;
  const underWay = () => client.buckets().reduce((sum, { inFlight }) => sum + inFlight, other?.inFlight ?? 0) - held;
  const passing = clock.run(underWay);
  try {
    const file = join(folder, "org.c1z");
    const syncOptions = { file, binding: {}, selection: {}, clock };
    if (withoutLog) {
      await sync(connector, syncOptions);
      for (const counts of [byBucket, byPattern]) for (const key of Object.keys(counts)) delete counts[key];
      // The next sync begins with a new window.
      await clock.sleep(WINDOW_MS - (clock.now() % WINDOW_MS));
    }
    other?.start();
    const startedAt = clock.now();
    const incremental = withoutLog ? { incremental: { verifySample: 0 } } : {};
    const { timings } = await sync(connector, { ...syncOptions, ...incremental });
    const ms = Math.min(timings.reading?.ms ?? Number.POSITIVE_INFINITY, clock.now() - startedAt);
    for (const { name, limit } of client.buckets()) if (limit) seenLimits.set(bucketOf(name), limit);
    await other?.stop();
    const floor = (part: number) =>
      Math.max(
        ...Object.entries(byBucket).map(([bucket, calls]) => {
          const allowed = (seenLimits.get(bucket as Bucket) ?? Number.POSITIVE_INFINITY) * part;
          return (Math.ceil(calls / allowed) - 1) * WINDOW_MS;
        }),
      );
    return {
      ...{ byBucket, byPattern, ms, floorMs: floor(1), leftFloorMs: floor(1 - OTHERS_PART) },
      calls: Object.values(byBucket).reduce((sum, n) => sum + n, 0),
      refused: client.stats().refusals,
      othersCalls: other?.calls ?? 0,
      othersRefused: other?.refused ?? 0,
    };
  } finally {
    await other?.stop();
    clock.stop();
    await passing;
    await connector.close?.();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
