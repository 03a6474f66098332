import type { Values } from "../../runtime/config/config.ts";
import { CREDENTIAL_FLAGS } from "./credentials.ts";
import { EVENT_FLAGS } from "./events.ts";
import type { Flag } from "./flag.ts";
import { HEALTH_FLAGS } from "./health.ts";
import { INCREMENTAL_FLAGS } from "./incremental.ts";
import { LEASE_STORE_FLAGS } from "./leases.ts";
import { LIMIT_FLAGS } from "./limits.ts";
import { LOG_FLAGS } from "./logs.ts";
import { COMPACT_FLAGS, PASSED_OVER_FLAGS, REFUSED_FLAGS } from "./original.ts";
import { PLAN_FLAGS } from "./plan.ts";
import { PROVISION_FLAGS } from "./provision.ts";
import { SOURCE_FLAGS } from "./scim.ts";
import { SERVE_FLAGS } from "./serve.ts";
import { SERVICE_FLAGS } from "./service.ts";
import { SYNC_FLAGS } from "./sync.ts";

/** Every flag of the command line. */
export const FLAGS = {
  ...CREDENTIAL_FLAGS,
  ...SYNC_FLAGS,
  ...INCREMENTAL_FLAGS,
  ...COMPACT_FLAGS,
  ...LIMIT_FLAGS,
  ...PLAN_FLAGS,
  ...LOG_FLAGS,
  ...PROVISION_FLAGS,
  ...LEASE_STORE_FLAGS,
  ...EVENT_FLAGS,
  ...HEALTH_FLAGS,
  ...SERVICE_FLAGS,
  ...SERVE_FLAGS,
  ...SOURCE_FLAGS,
  ...REFUSED_FLAGS,
  ...PASSED_OVER_FLAGS,
} as const satisfies Record<string, Flag>;

/** The values of the flags. */
export type FlagValues = Values<typeof FLAGS>;
