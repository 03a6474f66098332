/** The sandbox's door: what the command line, tests and benches take from it, besides the orgs themselves. */
export type { ApiToken } from "./auth.ts";
export type { Fault, FaultKind, FaultPlan, Interception } from "./faults.ts";
export type { GovernedRolesForm } from "./governed-roles.ts";
export { DEFAULT_SIZE, type SandboxFlags, sandboxFromFlags } from "./sandbox-flags.ts";
export type { OAuthAccess, Sandbox, ServeOptions } from "./sandbox-serve.ts";
export { type SandboxOptions, startSandbox } from "./sandbox-start.ts";
export type { SeenRequest } from "./server.ts";
export type { CallCount, Calls } from "./server-calls.ts";
export type { OAuthClient } from "./token.ts";
