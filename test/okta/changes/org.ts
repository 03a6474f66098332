import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connector } from "../../../src/baton/connector.ts";
import type { IncrementalChoice } from "../../../src/baton/sync/options.ts";
import { type SyncResult, sync } from "../../../src/baton/sync/sync.ts";
import type { OktaClient } from "../../../src/okta/api/client.ts";
import { createOktaClient } from "../../../src/okta/api/create-client.ts";
import { parseDomain } from "../../../src/okta/api/http/domain.ts";
import { createOktaConnector, type OktaOptions } from "../../../src/okta/connector.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";
import { Failure, isFailure } from "../../../src/runtime/failure.ts";
import { silentLog } from "../../../src/runtime/log/log.ts";
import { Secret } from "../../../src/runtime/secrets/secret.ts";
import { type Change, churn } from "../../../src/sandbox/churn/churn.ts";
import type { Org } from "../../../src/sandbox/org/org.ts";
import { Random } from "../../../src/sandbox/org/random.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { WHOLE } from "../../baton/rpc/okta.ts";
import { readSnapshot } from "../../baton/sync/snapshot.ts";

/** The sandbox's time, which passes when the test says. */
export class SandboxClock implements Clock {
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  async sleep(): Promise<void> {}
}

/** An org that changes, and the snapshots of it. */
export interface ChangingOrg {
  readonly org: Org;
  readonly sandbox: Sandbox;
  readonly clock: SandboxClock;
  readonly connector: Connector;
  readonly random: Random;
  change(n: number): Change[];
  /** A sync into the same file as the ones before; only of what has changed unless `undefined` is given. */
  sync(choice?: IncrementalChoice | undefined): Promise<SyncResult>;
  /** A sync that is stopped when so many calls were made; gives whether it was stopped before its end. */
  stopAfter(calls: number, choice: IncrementalChoice): Promise<boolean>;
  /** How many calls Okta has answered. */
  calls(): number;
  /** How often each sort of path was called since; of all calls, where nothing is given. */
  paths(since?: Record<string, number>): Record<string, number>;
  /** The rows of the last sync into the file. */
  rows(): Promise<readonly string[]>;
  /** The rows of a fresh full sync. */
  fresh(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Makes an org of people who do not exist, in a sandbox. */
export async function changingOrg(
  size: { readonly users: number; readonly groups: number; readonly apps: number; readonly seed: number },
  more: {
    readonly options?: Partial<OktaOptions>;
    readonly sandbox?: Partial<SandboxOptions>;
    /** Puts something between the connector and Okta. */
    readonly wrap?: (client: OktaClient) => OktaClient;
  } = {},
): Promise<ChangingOrg> {
  const clock = new SandboxClock(Date.parse("2026-03-01T12:00:00Z"));
  const org = seedOrg({ ...size, clock });
  const sandbox = await startSandbox({ org, limits: "off", ...more.sandbox } as SandboxOptions);
  let onCall = () => {};
  const counted: Record<string, number> = {};
  const origin = parseDomain(sandbox.url);
  const token = new Secret(sandbox.token);
  const client = createOktaClient({
    origin,
    credentials: { kind: "apiToken", token },
    userAgent: "test",
    env: {},
    share: 1,
  });
  const connector = createOktaConnector({
    client: counting(more.wrap?.(client) ?? client, (path) => {
      const pattern = path.replace(/\?.*/, "").replace(/\/(0|cr0|iam|ra1|gra)\w{8,}/g, "/{id}");
      onCall();
      counted[pattern] = (counted[pattern] ?? 0) + 1;
    }),
    origin,
    options: { ...WHOLE, ...more.options },
    clock: systemClock,
    log: silentLog,
  });
  const random = new Random(size.seed * 7 + 1);
  const folder = mkdtempSync(join(tmpdir(), "baton-changes-"));
  const file = join(folder, "org.c1z");
  const run = (into: string, choice?: IncrementalChoice, stop?: AbortSignal) =>
    sync(connector, {
      file: into,
      binding: { org: sandbox.url },
      selection: {},
      keep: 1,
      workers: 1,
      ...(stop && { stop }),
      ...(choice && { incremental: { random: () => random.below(1_000_000) / 1_000_000, ...choice } }),
    });
  let fresh = 0;
  return {
    calls: () => Object.values(counted).reduce((sum, n) => sum + n, 0),
    paths: (since = {}) =>
      Object.fromEntries(
        Object.entries(counted)
          .map(([path, n]) => [path, n - (since[path] ?? 0)] as const)
          .filter(([, n]) => n > 0),
      ),
    org,
    sandbox,
    clock,
    connector,
    random,
    change: (n) => churn(org, random, n),
    sync: (choice) => run(file, choice),
    async stopAfter(calls, choice) {
      const stop = new AbortController();
      let left = calls;
      onCall = () => {
        if (--left === 0) stop.abort();
      };
      try {
        await run(file, choice, stop.signal);
        return false;
      } catch (error) {
        if (!isFailure(error, "cancelled")) throw error;
        return true;
      } finally {
        onCall = () => {};
      }
    },
    rows: async () => (await readSnapshot(file)).rows,
    async fresh() {
      const into = join(folder, `fresh-${fresh++}.c1z`);
      await run(into);
      return (await readSnapshot(into)).rows;
    },
    async close() {
      await connector.close?.();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function counting(client: OktaClient, count: (path: string) => void): OktaClient {
  return {
    ...client,
    list: (path, call, options) => {
      count(path);
      return client.list(path, call, options);
    },
    get: (path, call, options) => {
      count(path);
      return client.get(path, call, options);
    },
  };
}

/** An org whose log is refused. */
export const withoutLog = (client: OktaClient): OktaClient => ({
  ...client,
  list: (async (path: string, call, options) => {
    if (path.startsWith("/api/v1/logs")) throw new Failure({ kind: "permissionDenied", message: "no log" });
    return client.list(path, call, options);
  }) as OktaClient["list"],
});
