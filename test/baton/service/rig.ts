import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connector } from "../../../src/baton/connector.ts";
import { createProvisioner } from "../../../src/baton/provision/provisioner.ts";
import { changingServices } from "../../../src/baton/rpc/server/changing.ts";
import { aboutServices } from "../../../src/baton/rpc/server/metadata.ts";
import { readIdentity } from "../../../src/baton/service/platform/identity.ts";
import { connectPlatform, type Platform } from "../../../src/baton/service/platform/platform.ts";
import { createTokens, postTokenTo } from "../../../src/baton/service/platform/token.ts";
import { runService, type ServiceOptions } from "../../../src/baton/service/service.ts";
import { taskLogs } from "../../../src/baton/service/tasks/log.ts";
import { workFolder } from "../../../src/baton/service/tasks/work-folder.ts";
import type { Log, LogFields } from "../../../src/runtime/log/log.ts";
import { noMetrics } from "../../../src/runtime/metrics/metrics.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { FakeClock } from "../../okta/api/fake-clock.ts";
import { FakePlatform } from "./platform.ts";

/** A service at work for a fake platform, in a time that passes as fast as nothing is under way. */
export interface Rig {
  readonly platform: FakePlatform;
  readonly clock: FakeClock;
  /** Ends when the service does. */
  readonly ended: Promise<void>;
  /** Asks the service to stop, and waits until it has. */
  stop(): Promise<void>;
  /** The second signal. */
  now(): void;
  /** What was logged, as texts. */
  readonly logged: string[];
  /** How long the service slept, in milliseconds, in order. */
  readonly slept: number[];
  /** The files that are left in the temporary folder. */
  files(): string[];
  readonly tempDir: string;
  readonly hostId: string;
}

export interface RigOptions extends Partial<Omit<ServiceOptions, "stop" | "now">> {
  readonly connector: Connector;
  readonly fake?: FakePlatform;
  /** How long a call may take, in real milliseconds. */
  readonly callMs?: number;
}

const open: (() => Promise<void>)[] = [];

/** Closes all rigs of a test. */
export async function closeRigs(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** Starts a fake platform that listens, and is closed with the rigs. */
export async function startPlatform(): Promise<FakePlatform> {
  const fake = new FakePlatform();
  await fake.listen();
  open.push(() => fake.close());
  return fake;
}

/** An empty folder, which is gone with the rigs. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "baton-service-"));
  open.push(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the service. */
export async function startRig(options: RigOptions, tempDir = temporary()): Promise<Rig> {
  const fake = options.fake ?? (await startPlatform());
  const clock = new TellingClock();
  const logged: string[] = [];
  const say = (level: string) => (message: string, fields?: LogFields) =>
    void logged.push(
      `${level} ${message} ${JSON.stringify(fields ?? {}, (_, v) => (v instanceof Error ? `${v.message} ${JSON.stringify((v as { answer?: unknown }).answer)}` : v))}`,
    );
  const log: Log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  const identity = await readIdentity(fake.clientId, new Secret(fake.clientSecret()), { BATON_HOST_ID: "host-1" });
  const real = connectPlatform({
    identity,
    tokens: createTokens(identity, clock, postTokenTo(identity, { userAgent: "test", ca: fake.ca })),
    userAgent: "test",
    ca: fake.ca,
    callMs: options.callMs ?? 10_000,
  });
  const { platform, busy } = counted(real);
  const { connector, provisioning = true } = options;
  const provisioner = createProvisioner(connector, { clock, log, actor: "test" });
  const stop = new AbortController();
  const now = new AbortController();
  const parts: ServiceOptions = {
    platform,
    hostId: identity.hostId,
    program: { name: "baton-test", version: "1.2.3" },
    services: [...aboutServices(connector), ...changingServices({ connector, provisioner, provisioning })],
    provisioning,
    actor: "test",
    failureOfAction: (id) => provisioner.actions.status(id).failure,
    settings: { binding: "test", selection: {}, skipFullSync: false },
    folder: workFolder(identity.clientId, tempDir),
    logs: taskLogs(log),
    metrics: noMetrics,
    concurrency: 3,
    several: false,
    clock,
    ...options,
    stop: stop.signal,
    now: now.signal,
  };
  let over = false;
  const ended = runService(parts).finally(() => {
    over = true;
  });
  ended.catch(() => {});
  void drive(clock, busy, () => over);
  const rig: Rig = {
    platform: fake,
    clock,
    ended,
    async stop() {
      stop.abort(new Error("stopped"));
      await ended;
    },
    now: () => now.abort(new Error("ended")),
    logged,
    slept: clock.slept,
    files: () => readdirSync(tempDir, { recursive: true, encoding: "utf8" }),
    tempDir,
    hostId: identity.hostId,
  };
  open.unshift(async () => {
    stop.abort();
    now.abort();
    await ended.catch(() => {});
    real.close();
    provisioner.actions.stop();
  });
  return rig;
}

class TellingClock extends FakeClock {
  readonly slept: number[] = [];

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return super.sleep(ms, signal);
  }
}

interface Busy {
  calls: number;
  uploads: number;
  /** When the last upload began, in real time. */
  uploadAt: number;
}

/** The platform, with a count of what is under way. */
function counted(real: Platform): { platform: Platform; busy: Busy } {
  const busy: Busy = { calls: 0, uploads: 0, uploadAt: 0 };
  const during = async <T>(what: "calls" | "uploads", work: () => Promise<T>): Promise<T> => {
    busy[what] += 1;
    if (what === "uploads") busy.uploadAt = performance.now();
    try {
      return await work();
    } finally {
      busy[what] -= 1;
    }
  };
  return {
    busy,
    platform: {
      call: (method, request, signal) => during("calls", () => real.call(method, request, signal)),
      upload: (body, signal) => during("uploads", () => real.upload(body, signal)),
      close: () => real.close(),
    },
  };
}

/** How long a healthy upload may take, in real milliseconds. */
const HEALTHY_MS = 1500;

/** Lets time pass to whatever is next, whenever no call is under way. An upload that goes nowhere is waited for a bit. */
async function drive(clock: FakeClock, busy: Busy, over: () => boolean): Promise<void> {
  while (!over()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (busy.calls > 0 || (busy.uploads > 0 && performance.now() - busy.uploadAt < HEALTHY_MS)) continue;
    const next = clock.nextAt;
    if (next !== undefined) await clock.advance(next - clock.now());
  }
}
