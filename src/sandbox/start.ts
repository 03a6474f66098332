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
}

/**
 * Serves an org over HTTP (HTTPS with `tls`) until it is closed. Throws a `Failure` where the address cannot be had or
 * the certificate cannot be used.
 */
export async function startSandbox({ org, governedRoles, ...options }: SandboxOptions): Promise<Sandbox> {
  if (governedRoles !== undefined) listGovernedRoles(org, governedRoles);
  const ownerId = superAdminOf(org);
  return await serve(
    { routes: routes(org), directory: directoryOf(org), ...(ownerId === undefined ? {} : { ownerId }) },
    { clock: org.clock, ...options },
  );
}
