import type { PlanSettings } from "../../okta/plan/plan.ts";
import type { FlagValues } from "../flags/flags.ts";

/** How many requests a sync has under way at once: the client's own default. */
const CONCURRENCY = 35;

/** What of the flags decides how many calls a sync takes, and how fast they may go. */
export function planSettings(values: FlagValues): PlanSettings {
  return {
    share: values["rate-limit-share"],
    concurrency: CONCURRENCY,
    syncInactiveApps: values["sync-inactive-apps"],
    syncCustomRoles: values["sync-custom-roles"],
    syncSecrets: values["sync-secrets"],
    syncReach: values["sync-reach"],
    usersFiltered: values["filter-email-domains"].length > 0,
  };
}
