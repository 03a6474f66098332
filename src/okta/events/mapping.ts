import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { pack } from "../../baton/model/annotations.ts";
import { entitlementId } from "../../baton/model/ids.ts";
import { isObject, text, timestamp } from "../../baton/model/values.ts";
import {
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import {
  type Entitlement,
  Entitlement_PurposeValue,
  EntitlementSchema,
} from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { type Event, EventSchema } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import { type Resource, ResourceSchema, type ResourceType } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Slug } from "../resource/entitlement.ts";
import { appType, groupType, roleType, userType } from "../resource/types.ts";
import { STANDARD_ROLES } from "../roles/resource.ts";
import type { LogEntry, LogParty } from "./log-entry.ts";

/** What a log entry says as an event, or why it says nothing. */
export type Mapped =
  | { readonly event: Event }
  /** The entry is not what its type promises: worth a line in the log. */
  | { readonly skipped: string }
  /** The entry is none of this feed's. */
  | undefined;

/** What of an event differs by the entry's type. */
type Content = NonNullable<MessageInitShape<typeof EventSchema>["event"]>;

/** Why an entry cannot be an event: thrown within this file only. */
class Unfit extends Error {}

/** Makes the content of an event from an entry; `undefined` where the entry is none of the feed's. */
type Reading = (entry: LogEntry) => Content | undefined;

const userChange: Reading = (entry) => changeOf(userType, only(entry, "User"));
const appChange: Reading = (entry) => changeOf(appType, only(entry, "AppInstance"));

/** The types of log entries that become events. Source: Okta's event types catalogue. */
const READINGS: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ["group.lifecycle.create", (entry) => changeOf(groupType, only(entry, "UserGroup"))],
  ["app.lifecycle.create", appChange],
  ["application.lifecycle.update", appChange],
  ["user.lifecycle.create", userChange],
  ["user.lifecycle.activate", userChange],
  ["user.lifecycle.deactivate", userChange],
  ["user.lifecycle.suspend", userChange],
  ["user.lifecycle.unsuspend", userChange],
  ["user.lifecycle.reactivate", userChange],
  ["user.account.update_profile", userChange],
  ["group.user_membership.add", (entry) => ({ case: "createGrantEvent", value: membership(entry) })],
  ["group.user_membership.remove", (entry) => ({ case: "createRevokeEvent", value: membership(entry) })],
  [
    "application.user_membership.add",
    (entry) => ({ case: "createGrantEvent", value: held(entry, plain(appType, only(entry, "AppInstance")), "access") }),
  ],
  [
    "user.account.privilege.grant",
    (entry) => ({ case: "createGrantEvent", value: held(entry, roleOf(only(entry, "ROLE")), "assigned") }),
  ],
  ["user.authentication.sso", usage],
]);

/** The types of log entries that can become events. */
export const EVENT_TYPES: readonly string[] = [...READINGS.keys()];

/** The event that a log entry tells of. */
export function eventOf(entry: LogEntry): Mapped {
  const read = READINGS.get(text(entry.eventType));
  if (read === undefined) return undefined;
  const id = text(entry.uuid);
  const occurredAt = timestamp(entry.published);
  if (id === "" || occurredAt === undefined) return { skipped: "it has no uuid, or no time" };
  try {
    const content = read(entry);
    return content && { event: eventWith(id, occurredAt, content) };
  } catch (error) {
    if (error instanceof Unfit) return { skipped: error.message };
    throw error;
  }
}

function eventWith(id: string, occurredAt: Timestamp, event: Content): Event {
  return create(EventSchema, { id, occurredAt, event });
}

/** The one target of a type. Targets of other types do not count. */
function only(entry: LogEntry, type: string): LogParty {
  const targets = Array.isArray(entry.target) ? (entry.target as readonly (LogParty | null)[]) : [];
  const found = targets.filter((target): target is LogParty => isObject(target) && target.type === type);
  const [target] = found;
  if (found.length !== 1 || target === undefined) {
    throw new Unfit(`it has ${found.length} targets of type ${type} where one is expected`);
  }
  if (text(target.id) === "") throw new Unfit(`its target of type ${type} has no id`);
  return target;
}

function changeOf(type: ResourceType, target: LogParty): Content {
  const resourceId = { resourceType: type.id, resource: text(target.id) };
  return { case: "resourceChangeEvent", value: { resourceId } };
}

function membership(entry: LogEntry) {
  return held(entry, plain(groupType, only(entry, "UserGroup")), "member");
}

/** What somebody was given or lost, and who. */
function held(entry: LogEntry, resource: Resource, slug: Slug): { entitlement: Entitlement; principal: Resource } {
  const principal = userOf(only(entry, "User"));
  const { resourceType = "", resource: id = "" } = resource.id ?? {};
  const entitlement = create(EntitlementSchema, {
    id: entitlementId(resourceType, id, slug),
    resource,
    slug,
    displayName: slug,
    purpose: Entitlement_PurposeValue.ASSIGNMENT,
  });
  return { entitlement, principal };
}

function usage(entry: LogEntry): Content | undefined {
  const { actor } = entry;
  if (!isObject(actor) || actor.type !== "User") return undefined;
  if (text(actor.id) === "") throw new Unfit("its actor has no id");
  const targetResource = plain(appType, only(entry, "AppInstance"));
  return { case: "usageEvent", value: { targetResource, actorResource: userOf(actor) } };
}

function plain(type: ResourceType, { id, displayName }: LogParty): Resource {
  return create(ResourceSchema, {
    id: { resourceType: type.id, resource: text(id) },
    displayName: text(displayName),
  });
}

/** A user as the log names it: its `alternateId` is the login, which serves as the email. */
function userOf(party: LogParty): Resource {
  const address = text(party.alternateId);
  const trait = pack(UserTraitSchema, {
    emails: address === "" ? [] : [{ address, isPrimary: true }],
    status: { status: UserTrait_Status_Status.ENABLED },
    accountType: UserTrait_AccountType.HUMAN,
  });
  return { ...plain(userType, party), annotations: [trait] };
}

/** The log names a role by its label only: the id it gives is none that other endpoints know. */
function roleOf({ displayName }: LogParty): Resource {
  const label = text(displayName);
  for (const [type, known] of STANDARD_ROLES) {
    if (known === label) return plain(roleType, { id: type, displayName: label });
  }
  throw new Unfit("its role is none of the standard roles");
}
