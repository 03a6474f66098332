import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { EventPage, Events } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import {
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { Entitlement_PurposeValue, EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import {
  type Event,
  EventFeedMetadataSchema,
  EventSchema,
  EventType,
} from "../../gen/c1/connector/v2/event_feed_pb.ts";
import { ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import { eventsAfter } from "../store/events.ts";
import type { EventTable } from "../store/schema.ts";
import type { ScimStore } from "../store/store.ts";
import { groupType, userType } from "./types.ts";

/** The one feed: what was pushed. */
export const FEED_ID = "scim_pushes";

const MAX_PAGE = 500;
const PREFIX = "scim1.";

/** What was pushed, as events: changes of users and groups, and who came into a group or went out. */
export function createFeed(store: ScimStore): Events {
  return {
    feeds: [create(EventFeedMetadataSchema, { id: FEED_ID, supportedEventTypes: [EventType.UNSPECIFIED] })],
    async list(feed, { cursor, startAt, pageSize }): Promise<EventPage> {
      if (feed !== "" && feed !== FEED_ID) {
        throw new Failure({
          kind: "notFound",
          message: `there is no event feed ${JSON.stringify(feed)}`,
          advice: `the one there is is ${FEED_ID}`,
        });
      }
      const limit = pageSize <= 0 ? MAX_PAGE : Math.min(pageSize, MAX_PAGE);
      const seq = cursor === undefined || cursor === "" ? 0 : numberIn(cursor);
      const rows = await eventsAfter(store, { seq, ...(startAt !== undefined && { since: startAt }) }, limit);
      return {
        events: rows.map(eventOf),
        cursor: `${PREFIX}${rows.at(-1)?.seq ?? seq}`,
        hasMore: rows.length === limit,
      };
    },
  };
}

function numberIn(cursor: string): number {
  const digits = cursor.startsWith(PREFIX) ? cursor.slice(PREFIX.length) : "";
  if (/^\d{1,15}$/.test(digits)) return Number(digits);
  throw new Failure({
    kind: "invalidArgument",
    message: "the cursor is none of this feed's",
    advice: "give one that the feed gave, as it was, or start at a time without one",
    field: "cursor",
  });
}

function eventOf(row: EventTable): Event {
  return create(EventSchema, { id: `scim-${row.seq}`, occurredAt: timestampFromMs(row.at), event: contentOf(row) });
}

function contentOf(row: EventTable): NonNullable<Parameters<typeof create<typeof EventSchema>>[1]>["event"] & object {
  const { kind, subject_key: key, subject_name: name, member_key: member } = row;
  if (member === null) {
    const resourceType = kind.startsWith("user.") ? userType.id : groupType.id;
    return { case: "resourceChangeEvent", value: { resourceId: { resourceType, resource: key } } };
  }
  const group = create(ResourceSchema, { id: { resourceType: groupType.id, resource: key }, displayName: name });
  const entitlement = create(EntitlementSchema, {
    id: entitlementId(groupType.id, key, "member"),
    resource: group,
    slug: "member",
    displayName: "member",
    purpose: Entitlement_PurposeValue.ASSIGNMENT,
  });
  const principal = create(ResourceSchema, {
    id: { resourceType: userType.id, resource: member },
    displayName: row.member_name ?? "",
    annotations: [
      pack(UserTraitSchema, {
        login: row.member_name ?? "",
        status: { status: UserTrait_Status_Status.UNSPECIFIED },
        accountType: UserTrait_AccountType.HUMAN,
      }),
    ],
  });
  const value = { entitlement, principal };
  return kind === "member.added" ? { case: "createGrantEvent", value } : { case: "createRevokeEvent", value };
}
