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
import { refuseOktaChoices } from "../sync/okta-choices.ts";

/** What was pushed, as a source of a sync. */
export interface PushedSource {
  readonly connector: Connector;
  readonly what: string;
  readonly url: string;
  readonly binding: { readonly [name: string]: Json };
}

const ADVICE = "leave it out: what Okta pushes is decided in Okta";

/** Opens what was pushed. Throws a {@link Failure}: a store that is not there, settings that would do nothing. */
export async function openScimSource(values: FlagValues, { log, observer }: ConnectOptions): Promise<PushedSource> {
  refuseOktaChoices(values, "--source scim", ADVICE);
  if (values.provisioning) {
    throw new Failure({ kind: "usage", message: "with --source scim nothing comes of --provisioning", advice: ADVICE });
  }
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
