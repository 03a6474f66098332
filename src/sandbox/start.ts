import { directoryOf, superAdminOf } from "./auth/directory.ts";
import { type GovernedRolesForm, listGovernedRoles } from "./org/admins/governed.ts";
import type { Org } from "./org/org.ts";
import { routes } from "./routes/index.ts";
import { type Sandbox, type ServeOptions, serve } from "./serve.ts";

/** What {@link startSandbox} serves, and how. */
export interface SandboxOptions extends ServeOptions {
  readonly org: Org;
  /** How `/api/v1/iam/roles` shows Workflows, Access Requests and Access Certifications Administrator. Default: as the org says. */
  readonly governedRoles?: GovernedRolesForm | undefined;
  /** Milliseconds until `search` sees a change of a user or group; `filter` and single reads see it at once. Default: 0. */
  readonly searchLagMs?: number;
  /** Milliseconds that an event may take at most until the log has it, in whatever order. Default: 0. */
  readonly logDelayMs?: number;
}

/**
 * Serves an org over HTTP (HTTPS with `tls`) until it is closed. Throws a `Failure` where the address cannot be had or
 * the certificate cannot be used.
 */
export async function startSandbox({
  org,
  governedRoles,
  searchLagMs = 0,
  logDelayMs = 0,
  ...options
}: SandboxOptions): Promise<Sandbox> {
  if (governedRoles !== undefined) listGovernedRoles(org, governedRoles);
  org.userIndex.lagMs = searchLagMs;
  org.groupIndex.lagMs = searchLagMs;
  org.log.delayMs = logDelayMs;
  const ownerId = superAdminOf(org);
  return await serve(
    { routes: routes(org), directory: directoryOf(org), ...(ownerId === undefined ? {} : { ownerId }) },
    { clock: org.clock, ...options },
  );
}
