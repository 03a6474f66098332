import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SyncOptions, SyncResult } from "../../../src/baton/sync/options.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import type { ForcedRoute } from "../../../src/okta/plan/routes.ts";
import type { OktaOptions } from "../../../src/okta/resource/options.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { oktaConnector } from "../../baton/rpc/okta.ts";
import { readSnapshot } from "../../baton/sync/snapshot.ts";

/** What a sync by one route came to. */
export interface ByRoute {
  readonly rows: readonly string[];
  readonly result: SyncResult;
  /** How often each sort of path was called. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Syncs a sandbox by a route, or by the one that the connector chooses, and gives what the snapshot holds. */
export async function syncBy(
  sandbox: Pick<Sandbox, "url" | "token">,
  route: ForcedRoute | undefined,
  options: Partial<OktaOptions> = {},
  more: Partial<SyncOptions> = {},
): Promise<Omit<ByRoute, "calls">> {
  const folder = mkdtempSync(join(tmpdir(), "baton-routes-"));
  const connector = oktaConnector(sandbox as Sandbox, { ...options, ...(route !== undefined && { route }) });
  try {
    const file = join(folder, "org.c1z");
    const result = await sync(connector, { file, binding: {}, selection: {}, ...more });
    return { rows: (await readSnapshot(file)).rows, result };
  } finally {
    await connector.close?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same, counting the calls of the sandbox. */
export async function countedBy(
  sandbox: Sandbox,
  ...args: [ForcedRoute | undefined, Partial<OktaOptions>?]
): Promise<ByRoute> {
  const calls: Record<string, number> = {};
  const stop = sandbox.onRequest(({ pattern = "" }) => {
    calls[pattern] = (calls[pattern] ?? 0) + 1;
  });
  try {
    return { ...(await syncBy(sandbox, ...args)), calls };
  } finally {
    stop();
  }
}
