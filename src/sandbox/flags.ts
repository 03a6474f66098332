import { readFile } from "node:fs/promises";
import { Failure } from "../runtime/failure.ts";
import type { LimitSetting } from "./http/limits.ts";
import { GOVERNED_ROLES_FORMS, type GovernedRolesForm } from "./org/admins/governed.ts";
import { orgFromJson } from "./org/json.ts";
import type { Org } from "./org/org.ts";
import { seedOrg } from "./seed/seed.ts";
import { type Sandbox, startSandbox } from "./start.ts";

/** The flags of the `sandbox` command as they were given: texts, or what a parser made of them. */
export interface SandboxFlags {
  /** Default: 8080. */
  readonly port?: number | string | undefined;
  readonly host?: string | undefined;
  readonly users?: number | string | undefined;
  readonly groups?: number | string | undefined;
  readonly apps?: number | string | undefined;
  readonly seed?: number | string | undefined;
  /** Path of an org file, instead of the four above. */
  readonly org?: string | undefined;
  /** Milliseconds. */
  readonly latency?: number | string | undefined;
  /** `default`, `integrator`, `enterprise`, `off` or a factor. */
  readonly limits?: number | string | undefined;
  /** A rate from 0 to 1. */
  readonly faults?: number | string | undefined;
  /** `token`, `oauth` or `dpop`. */
  readonly auth?: string | undefined;
  /** Seconds until `search` sees a change. */
  readonly searchLag?: number | string | undefined;
  /** Seconds that an event may take at most until the log has it. */
  readonly logDelay?: number | string | undefined;
  /** Random changes a minute. */
  readonly churn?: number | string | undefined;
  /** How `/iam/roles` shows the governed roles: `unlisted`, `id` or `type`. */
  readonly governedRoles?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

const DEFAULT_PORT = 8080;
const MAX_OBJECTS = 10_000_000;
const MAX_LATENCY_MS = 600_000;
const MAX_LAG_S = 86_400;
const MAX_CHURN = 1_000_000;

/** The size of the org that is served where none is asked for. */
export const DEFAULT_SIZE = { users: 500, groups: 60, apps: 12, seed: 1 } as const;

/** Starts what the flags of the `sandbox` command ask for. Throws a `Failure`, of kind `usage` where a flag is wrong. */
export async function sandboxFromFlags(flags: SandboxFlags): Promise<Sandbox> {
  const port = whole("--port", flags.port, 0, 65_535) ?? DEFAULT_PORT;
  const latencyMs = number("--latency", flags.latency, 0, MAX_LATENCY_MS) ?? 0;
  const limits = limitsOf(flags.limits);
  const faults = number("--faults", flags.faults, 0, 1) ?? 0;
  const auth = authOf(flags.auth);
  const searchLagMs = 1000 * (number("--search-lag", flags.searchLag, 0, MAX_LAG_S) ?? 0);
  const logDelayMs = 1000 * (number("--log-delay", flags.logDelay, 0, MAX_LAG_S) ?? 0);
  const churnPerMinute = number("--churn", flags.churn, 0, MAX_CHURN) ?? 0;
  const churnSeed = whole("--seed", flags.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? DEFAULT_SIZE.seed;
  const governedRoles = governedRolesOf(flags.governedRoles);
  const tls = await tlsOf(flags.tlsCert, flags.tlsKey);
  const host = flags.host === undefined || flags.host === "" ? undefined : flags.host;
  const org = await orgOf(flags);
  return await startSandbox({
    ...{
      org,
      port,
      latencyMs,
      limits,
      faults,
      auth,
      searchLagMs,
      logDelayMs,
      churnPerMinute,
      churnSeed,
      governedRoles,
    },
    ...(host === undefined ? {} : { host }),
    ...(tls === undefined ? {} : { tls }),
  });
}

async function orgOf(flags: SandboxFlags): Promise<Org> {
  const users = whole("--users", flags.users, 0, MAX_OBJECTS);
  const groups = whole("--groups", flags.groups, 0, MAX_OBJECTS);
  const apps = whole("--apps", flags.apps, 0, MAX_OBJECTS);
  const seed = whole("--seed", flags.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (flags.org === undefined) {
    return seedOrg({
      users: users ?? DEFAULT_SIZE.users,
      groups: groups ?? DEFAULT_SIZE.groups,
      apps: apps ?? DEFAULT_SIZE.apps,
      seed: seed ?? DEFAULT_SIZE.seed,
    });
  }
  if ([users, groups, apps, seed].some((value) => value !== undefined)) {
    throw usage("--org goes without --users, --groups, --apps and --seed", "the file says what is in the org");
  }
  const text = (await read("--org", flags.org)).toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw usage(`--org: ${flags.org} is not JSON: ${(cause as Error).message}`, undefined, cause);
  }
  return orgFromJson(json);
}

async function tlsOf(
  cert: string | undefined,
  key: string | undefined,
): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (cert === undefined && key === undefined) {
    return undefined;
  }
  if (cert === undefined || key === undefined) {
    throw usage("--tls-cert and --tls-key go together", "give both, or neither");
  }
  return { cert: await read("--tls-cert", cert), key: await read("--tls-key", key) };
}

async function read(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw usage(`${flag}: cannot read ${path}: ${(cause as Error).message}`, undefined, cause);
  }
}

function limitsOf(value: number | string | undefined): LimitSetting {
  if (
    value === undefined ||
    value === "default" ||
    value === "off" ||
    value === "integrator" ||
    value === "enterprise"
  ) {
    return value ?? "default";
  }
  const factor = toNumber(value);
  if (factor === undefined || factor <= 0) {
    throw usage(
      `--limits: ${value} is none of default, integrator, enterprise, off, nor a factor above 0`,
      "0.5 halves the default limits",
    );
  }
  return factor;
}

function authOf(value: string | undefined): "token" | "oauth" | "dpop" {
  if (value === undefined || value === "token" || value === "oauth" || value === "dpop") {
    return value ?? "token";
  }
  throw usage(`--auth: ${value} is none of token, oauth, dpop`);
}

function governedRolesOf(value: string | undefined): GovernedRolesForm | undefined {
  const form = GOVERNED_ROLES_FORMS.find((one) => one === value);
  if (value !== undefined && form === undefined) {
    throw usage(`--governed-roles: ${value} is none of ${GOVERNED_ROLES_FORMS.join(", ")}`);
  }
  return form;
}

function whole(flag: string, value: number | string | undefined, min: number, max: number): number | undefined {
  const found = number(flag, value, min, max);
  if (found !== undefined && !Number.isInteger(found)) {
    throw usage(`${flag}: ${value} is not a whole number`);
  }
  return found;
}

function number(flag: string, value: number | string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const found = toNumber(value);
  if (found === undefined || found < min || found > max) {
    throw usage(`${flag}: ${value} is not a number from ${min} to ${max}`);
  }
  return found;
}

function toNumber(value: number | string): number | undefined {
  const found = typeof value === "number" ? value : value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(found) ? found : undefined;
}

function usage(message: string, advice?: string, cause?: unknown): Failure {
  return new Failure({ kind: "usage", message, ...(advice === undefined ? {} : { advice }), cause });
}
