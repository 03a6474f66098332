import type { Connector, Json } from "../../baton/connector.ts";
import { connectRemote } from "../../baton/rpc/client/client.ts";
import type { OktaClient } from "../../okta/api/client.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { version } from "../../runtime/version.ts";
import { type ConnectOptions, connect } from "../connect.ts";
import type { FlagValues } from "../flags/flags.ts";
import { bindingOf } from "./binding.ts";

/** What a sync reads. */
export interface SyncSource {
  readonly connector: Connector;
  /** What people call it, as `acme.okta.com`. */
  readonly what: string;
  /** Its address, for logs. */
  readonly url: string;
  /** Whatever decides what a snapshot of it holds. */
  readonly binding: { readonly [name: string]: Json };
  /** What talks to Okta; absent where somebody else's connector is read. */
  readonly client?: OktaClient;
}

/** Opens what is read without another program: an Okta org, or what one has pushed. */
export async function openOwn(values: FlagValues, options: ConnectOptions): Promise<SyncSource> {
  if (values.source === "scim") return await (await import("../scim/source.ts")).openScimSource(values, options);
  const { client, connector: plain, origin } = await connect(values, options);
  const connector =
    values["lease-store"] === undefined
      ? plain
      : await (await import("../leases/connector.ts")).leasing(
          { connector: plain, client, org: origin.url, ledger: values["lease-store"] },
          options,
        );
  return { client, connector, what: origin.hostname, url: origin.url, binding: bindingOf(values, origin) };
}

/** Opens what the settings name: an Okta org, what it pushed, or somebody else's connector behind a network. */
export async function openSource(
  values: FlagValues,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<SyncSource> {
  const address = values.connector;
  if (address === undefined) return await openOwn(values, options);
  if (values.source === "scim") {
    throw new Failure({
      kind: "usage",
      message: "--connector and --source scim name two sources",
      advice: "give one of them",
    });
  }
  const connector = await connectRemote(
    {
      address,
      plaintext: values["connector-plaintext"],
      ca: values["connector-ca"],
      cert: values["connector-cert"],
      key: values["connector-key"],
      tokenFile: values["connector-token-file"],
      clock: options.clock ?? systemClock,
      log: options.log,
      timeoutMs: values["http-timeout-seconds"] * 1000,
    },
    { signal },
  );
  const { displayName, externalUrl } = connector.metadata;
  return {
    connector,
    what: `${displayName || "the connector"} at ${address}`,
    url: externalUrl ?? address,
    binding: { connector: address, name: displayName, url: externalUrl ?? null, version },
  };
}
