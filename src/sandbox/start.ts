import type { JWK } from "jose";
import { directoryOf, superAdminOf } from "./auth/directory.ts";
import { type Change, churn } from "./churn/churn.ts";
import { churnControl } from "./churn/control.ts";
import { everyMinute } from "./churn/schedule.ts";
import type { GovernedRolesForm } from "./org/admins/governed.ts";
import { listGovernedRoles } from "./org/admins/list-governed.ts";
import { registerClient } from "./org/apps/client.ts";
import type { Org } from "./org/org.ts";
import { Random } from "./org/random.ts";
import { routes } from "./routes/index.ts";
import { type Sandbox as ServedSandbox, type ServeOptions, serve } from "./serve.ts";

/** What {@link startSandbox} serves, and how. Times are in milliseconds. */
export interface SandboxOptions extends ServeOptions {
  readonly org: Org;
  /** How `/api/v1/iam/roles` shows Workflows, Access Requests and Access Certifications Administrator. Default: as the org says. */
  readonly governedRoles?: GovernedRolesForm | undefined;
  /** How long until `search` sees a change of a user or group; `filter` and single reads see it at once. Default: 0. */
  readonly searchLagMs?: number;
  /** How long an event may take at most until the log has it, in whatever order. Default: 0. */
  readonly logDelayMs?: number;
  /** Random changes of the org a minute. Default: 0. */
  readonly churnPerMinute?: number;
  /** The same seed makes the same random changes. Default: 1. */
  readonly churnSeed?: number;
}

/** An org that is being served. */
export interface Sandbox extends ServedSandbox {
  /** Changes the org at random, `n` times, and answers what was done. */
  churn(n: number): readonly Change[];
}

/**
 * Serves an org over HTTP (HTTPS with `tls`) until it is closed. Throws a `Failure` where the address cannot be had or
 * the certificate cannot be used.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { org, governedRoles, searchLagMs = 0, logDelayMs = 0, churnPerMinute = 0, churnSeed = 1, ...rest } = options;
  if (governedRoles !== undefined) listGovernedRoles(org, governedRoles);
  org.userIndex.lagMs = searchLagMs;
  org.groupIndex.lagMs = searchLagMs;
  org.log.delayMs = logDelayMs;
  // Not the seed of the org itself, with which new objects would get the ids of old ones.
  const random = new Random(churnSeed * 31 + 11);
  const change = (n: number) => churn(org, random, n);
  const ownerId = superAdminOf(org);
  const served = await serve(
    {
      ...{ routes: routes(org), directory: directoryOf(org), control: churnControl(change) },
      registerClient: (clientId, key) => registerClient(org, clientId, { ...key }) as () => readonly JWK[],
      ...(ownerId === undefined ? {} : { ownerId }),
    },
    { clock: org.clock, ...rest },
  );
  const closing = new AbortController();
  if (churnPerMinute > 0) void everyMinute(options.clock ?? org.clock, churnPerMinute, closing.signal, change);
  return {
    ...served,
    churn: change,
    close: async () => {
      closing.abort(new Error("the sandbox is closing"));
      await served.close();
    },
  };
}
