import type { Event, EventFeedMetadata } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import type { Call } from "./call.ts";

/** One page of events. */
export interface EventPage {
  readonly events: readonly Event[];
  /** Where to go on, now or later; opaque. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

/** What has happened on the other side. */
export interface Events {
  readonly feeds: readonly EventFeedMetadata[];
  /**
   * One page of a feed, oldest first. `cursor` wins over `startAt` for where to go on; `startAt` (milliseconds since the
   * Unix epoch) bounds it in either case. `pageSize` 0: as many as one page holds. Throws a {@link Failure}: `notFound`
   * (no such feed), `invalidArgument` (a cursor that is none of this feed's).
   */
  list(
    feed: string,
    from: { readonly startAt?: number; readonly cursor?: string; readonly pageSize: number },
    call: Call,
  ): Promise<EventPage>;
}
