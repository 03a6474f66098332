import { timestampMs } from "@bufbuild/protobuf/wkt";
import { AssetService } from "../../../gen/c1/connector/v2/asset_pb.ts";
import { ConnectorService } from "../../../gen/c1/connector/v2/connector_pb.ts";
import { EventService } from "../../../gen/c1/connector/v2/event_feed_pb.ts";
import { TicketsService } from "../../../gen/c1/connector/v2/ticket_pb.ts";
import { RateLimitDescription_Status, RateLimiterService } from "../../../gen/c1/ratelimit/v1/ratelimit_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Connector } from "../../connector.ts";
import { connectorMetadata, eventsResponse } from "../messages.ts";
import { type Served, serve } from "./service.ts";
import { sourceCacheCapability } from "./source-cache.ts";
import { checkPageSize, invalid, optionalId } from "./validate.ts";

/** Bytes of an event cursor, and events on a page. Source: the Baton contract. */
const MAX_CURSOR_BYTES = 4096;
const MAX_EVENTS_PAGE_SIZE = 1000;

/**
 * The version of the contract that is spoken, as the Baton SDK counts it: its syncer names the sync that a call belongs
 * to only where it reads 0.4.3 or newer here. Source: Baton SDK, pkg/sync/syncer.go.
 */
const CONTRACT_VERSION = "v0.25.0";

/** The services about the connector itself, and those that have little to say. */
export function aboutServices(connector: Connector): Served[] {
  const metadata = connectorMetadata(connector);
  return [
    serve(ConnectorService, {
      getMetadata: () => ({ metadata }),
      async validate(_, call) {
        await connector.validate(call);
        return { sdkVersion: CONTRACT_VERSION, annotations: sourceCacheCapability(connector) };
      },
      cleanup: ({ activeSyncId }) => {
        const syncId = optionalId("active_sync_id", activeSyncId);
        if (syncId !== undefined) connector.forget?.(syncId);
        return {};
      },
    }),
    serve(EventService, {
      listEventFeeds: () => ({ list: [...(connector.events?.feeds ?? [])] }),
      async listEvents({ cursor, startAt, pageSize, eventFeedId }, call) {
        checkPageSize(pageSize, MAX_EVENTS_PAGE_SIZE);
        if (Buffer.byteLength(cursor) > MAX_CURSOR_BYTES)
          throw invalid("cursor", `is longer than ${MAX_CURSOR_BYTES} bytes`);
        optionalId("event_feed_id", eventFeedId);
        const { events } = connector;
        const feed = eventFeedId || events?.feeds[0]?.id;
        if (events === undefined || !events.feeds.some(({ id }) => id === feed)) {
          throw new Failure({ kind: "notFound", message: `there is no event feed ${JSON.stringify(eventFeedId)}` });
        }
        const from = {
          pageSize,
          ...(cursor === "" ? {} : { cursor }),
          ...(startAt === undefined ? {} : { startAt: timestampMs(startAt) }),
        };
        return eventsResponse(await events.list(feed!, from, call));
      },
    }),
    // Clients that limit themselves ask before each call: the gate to the other side does it here.
    serve(RateLimiterService, {
      do: ({ requestToken }) => ({ requestToken, description: { status: RateLimitDescription_Status.EMPTY } }),
      report: () => ({}),
    }),
    serve(AssetService, { getAsset: nothing }),
    serve(TicketsService, {
      createTicket: noTickets,
      getTicket: noTickets,
      listTicketSchemas: noTickets,
      getTicketSchema: noTickets,
      bulkCreateTickets: noTickets,
      bulkGetTickets: noTickets,
    }),
  ];
}

async function* nothing(): AsyncGenerator<never> {}

function noTickets(): never {
  throw new Failure({ kind: "failedPrecondition", message: "ticketing is not enabled" });
}
