/** What the command line, tests and benches import from the sandbox, besides the orgs themselves. */
export type { ApiToken } from "./auth/authenticator.ts";
export type { OAuthClient } from "./auth/token.ts";
export { DEFAULT_SIZE, type SandboxFlags, sandboxFromFlags } from "./flags.ts";
export type { CallCount, Calls } from "./http/calls.ts";
export type { Fault, FaultKind, FaultPlan, Interception } from "./http/faults.ts";
export type { SeenRequest } from "./http/server.ts";
export type { GovernedRolesForm } from "./org/admins/governed.ts";
export type { OAuthAccess, ServeOptions } from "./serve.ts";
export { type Sandbox, type SandboxOptions, startSandbox } from "./start.ts";
