import { resolve } from "node:path";
import type { Connector, Json } from "../../baton/connector.ts";
import { parseDomain } from "../../okta/api/http/domain.ts";
import { Failure } from "../../runtime/failure.ts";
import { isPostgres } from "../../runtime/state/state.ts";
import { version } from "../../runtime/version.ts";
import { createScimConnector } from "../../scim/connector/connector.ts";
import { openScimStore, storeName } from "../../scim/store/store.ts";
import type { ConnectOptions } from "../connect.ts";
import type { FlagValues } from "../flags/flags.ts";

/** What was pushed, as a source of a sync. */
export interface PushedSource {
  readonly connector: Connector;
  readonly what: string;
  readonly url: string;
  readonly binding: { readonly [name: string]: Json };
}

/** Opens what was pushed. Throws a {@link Failure}: a store that is not there, settings that would do nothing. */
export async function openScimSource(values: FlagValues, { log, observer }: ConnectOptions): Promise<PushedSource> {
  refuseOktaChoices(values);
  const { store: location } = values;
  const name = storeName(location);
  const store = await openScimStore(location, {
    mustExist: true,
    onIdleError: (error) => log.warn("a connection to PostgreSQL broke", { error }),
  });
  const org = values.domain === undefined ? undefined : parseDomain(values.domain);
  const connector = createScimConnector({ store, ...(org && { externalUrl: org.url }) });
  const binding: { readonly [name: string]: Json } = {
    source: "scim",
    store: isPostgres(location) ? name : resolve(location),
    version,
  };
  const source: PushedSource = { connector, what: `what ${org?.hostname ?? "Okta"} pushed`, url: name, binding };
  return observer?.watch(source) ?? source;
}

/** A filter that did nothing would be taken for one that did. */
function refuseOktaChoices(values: FlagValues): void {
  const given = [
    values["filter-email-domains"].length > 0 && "--filter-email-domains",
    values["skip-secondary-emails"] && "--skip-secondary-emails",
    values["skip-app-groups"] && "--skip-app-groups",
    values["sync-custom-roles"] && "--sync-custom-roles",
    values["sync-secrets"] && "--sync-secrets",
    values.provisioning && "--provisioning",
  ].filter((flag) => flag !== false);
  if (given.length === 0) return;
  throw new Failure({
    kind: "usage",
    message: `with --source scim nothing comes of ${given.join(", ")}`,
    advice: "leave it out: what Okta pushes is decided in Okta",
  });
}
