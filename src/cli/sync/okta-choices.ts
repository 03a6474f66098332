import { Failure } from "../../runtime/failure.ts";
import type { FlagValues } from "../flags/flags.ts";

/**
 * Refuses the settings that decide what is read of Okta's API where another `source` (as `--source scim`) is read: a filter
 * that did nothing would be taken for one that did. Throws a {@link Failure} of kind `usage` with `advice`.
 */
export function refuseOktaChoices(values: FlagValues, source: string, advice: string): void {
  const given = [
    values["filter-email-domains"].length > 0 && "--filter-email-domains",
    values["skip-secondary-emails"] && "--skip-secondary-emails",
    values["skip-app-groups"] && "--skip-app-groups",
    !values["sync-inactive-apps"] && "--sync-inactive-apps=false",
    values["sync-custom-roles"] && "--sync-custom-roles",
    values["sync-secrets"] && "--sync-secrets",
    values["sync-reach"] && "--sync-reach",
    values["sync-findings"] && "--sync-findings",
  ].filter((flag) => flag !== false);
  if (given.length === 0) return;
  throw new Failure({ kind: "usage", message: `with ${source} nothing comes of ${given.join(", ")}`, advice });
}
