import { ExternalLinkSchema } from "../../../gen/c1/connector/v2/annotation_external_link_pb.ts";
import { Capability, ConnectorService } from "../../../gen/c1/connector/v2/connector_pb.ts";
import { type ResourceType, ResourceTypesService } from "../../../gen/c1/connector/v2/resource_pb.ts";
import type { Call, Connector } from "../../connector.ts";
import { find } from "../../model/annotations.ts";
import { type Channel, type ChannelOptions, openChannel } from "./channel.ts";
import { createFollow } from "./end-of-list.ts";
import { supportOf } from "./resource-type.ts";

/** Milliseconds that saying that the syncs have ended may take. */
const CLEANUP_TIMEOUT_MS = 5_000;

/**
 * A connector behind a network: any program that serves the contract. It reads; what it may change is not offered. The
 * service is asked at once who it is and which resource types it has. Throws a {@link Failure}.
 */
export async function connectRemote(options: ChannelOptions, call: Call): Promise<Connector> {
  const channel = openChannel(options);
  try {
    const { metadata } = await channel.read(ConnectorService.method.getMetadata, {}, call);
    const types = await readTypes(channel, call);
    const targeted = new Set(
      (metadata?.capabilities?.resourceTypeCapabilities ?? [])
        .filter(({ capabilities }) => capabilities.includes(Capability.TARGETED_SYNC))
        .map(({ resourceType }) => resourceType?.id ?? ""),
    );
    const externalUrl = find(metadata?.annotations ?? [], ExternalLinkSchema)?.url;
    const syncs = new Set<string>();
    return {
      metadata: {
        displayName: metadata?.displayName ?? "",
        description: metadata?.description ?? "",
        ...(externalUrl ? { externalUrl } : {}),
      },
      noChangesReason:
        "a connector over gRPC does not tell what has changed; give --incremental where Okta itself is read",
      types: types.map((type) => supportOf(type, channel, targeted.has(type.id), syncs)),
      async validate(one) {
        await channel.read(ConnectorService.method.validate, {}, one);
      },
      async close() {
        // What the service keeps for a sync it may forget; that it could not be told is no failure.
        const bye: Call = {
          signal: AbortSignal.timeout(CLEANUP_TIMEOUT_MS),
          deadline: options.clock.now() + CLEANUP_TIMEOUT_MS,
        };
        await Promise.allSettled(
          [...syncs].map((activeSyncId) => channel.read(ConnectorService.method.cleanup, { activeSyncId }, bye)),
        );
        channel.close();
      },
    };
  } catch (error) {
    channel.close();
    throw error;
  }
}

async function readTypes(channel: Channel, call: Call): Promise<ResourceType[]> {
  const types: ResourceType[] = [];
  const follow = createFollow();
  for (let pageToken = ""; ; ) {
    const page = await channel.read(ResourceTypesService.method.listResourceTypes, { pageToken }, call);
    types.push(...page.list);
    pageToken = follow(["types"], pageToken, page);
    if (pageToken === "") return types;
  }
}
