import type { OktaOrigin } from "../../okta/api/http/domain.ts";
import { version } from "../../runtime/version.ts";
import type { FlagValues } from "../flags/flags.ts";

/** Whatever decides what a snapshot holds: an interrupted sync is gone on with only where all of it is the same. */
export function bindingOf(values: FlagValues, origin: OktaOrigin) {
  return {
    org: origin.url,
    version,
    inactiveApps: values["sync-inactive-apps"],
    customRoles: values["sync-custom-roles"],
    secrets: values["sync-secrets"],
    ...(values["sync-reach"] && { reach: true }),
    ...(values["sync-findings"] && { findings: true }),
    skipSecondaryEmails: values["skip-secondary-emails"],
    skipAppGroups: values["skip-app-groups"],
    emailDomains: [...values["filter-email-domains"]].sort(),
  };
}
