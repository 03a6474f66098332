import type { BatonActionSchema } from "../gen/c1/connector/v2/action_pb.ts";
import type {
  ConnectorAccountCreationSchema,
  CredentialDetailsAccountProvisioning,
} from "../gen/c1/connector/v2/connector_pb.ts";
import type { Entitlement } from "../gen/c1/connector/v2/entitlement_pb.ts";
import type { Event, EventFeedMetadata } from "../gen/c1/connector/v2/event_feed_pb.ts";
import type { PasswordConstraint, Resource, ResourceType } from "../gen/c1/connector/v2/resource_pb.ts";
import type { Secret } from "../runtime/secrets/secret.ts";
import type { Rule } from "./model/finding.ts";
import type { Grant } from "./model/grant.ts";
import type { ResourceKey } from "./model/ids.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Where a list goes on: plain JSON, small, and complete, so that any process can go on from it. Its shape belongs to
 * the resource type that made it.
 */
export type Cursor = { readonly [key: string]: Json | undefined };

/** What every call carries down to each request it makes. */
export interface Call {
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the Unix epoch. */
  readonly deadline?: number;
  /**
   * Who waits for the answer, where several do: each of them gets a fair share of what the other side lets through.
   */
  readonly client?: string;
  /** How many items are wanted on a page, where the caller cares. A page may still hold more or fewer. */
  readonly pageSize?: number;
  /** The sync that this call is part of. What is remembered between calls is remembered under this id only. */
  readonly syncId?: string;
  /**
   * The caller itself leaves out grants whose principal no list showed, as a full sync does when it ends. The connector
   * need not find out, one by one, which principals a filter leaves out.
   */
  readonly dropsUnlisted?: boolean;
  /** Told what each answer said of the rate limit. */
  readonly observe?: (seen: RateLimit) => void;
  /**
   * Told of each request that changes something, before it is sent and after it ended. Where it throws before, nothing
   * is sent.
   */
  readonly audit?: (step: WriteStep) => void;
  /**
   * Nothing is changed: requests that read are sent, each that would change something is told to `audit` as `planned`
   * in place of being sent, and what could only follow from its answer is left out.
   */
  readonly dryRun?: boolean;
  /** A secret that is sent in this call's bodies: what comes back is told without it, should the other side quote it. */
  readonly secret?: Secret;
}

/** A request that changes something, as an audit trail sees it. Never holds a body: bodies hold personal data. */
export interface WriteStep {
  readonly phase: "planned" | "intent" | "outcome";
  /** HTTP method and path without the query, as `PUT /api/v1/groups/00g1/users/00u1`. */
  readonly request: string;
  /** HTTP status, where an answer came. */
  readonly status?: number;
  /** The other side's request id. */
  readonly requestId?: string;
  /** Why it failed, in the words of the failure. */
  readonly error?: string;
}

/** What an answer said of the rate limit that applies to it. */
export interface RateLimit {
  /** Requests a window. */
  readonly limit: number;
  /** Requests left in this window. */
  readonly remaining: number;
  /** When the window ends, in milliseconds since the Unix epoch, by the server's clock. */
  readonly resetAt: number;
}

/** One page of a list. `next`: empty means done; several cursors fan out and may be read side by side. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: readonly Cursor[];
  /** What the other side refused to show on this page: a reader must never take "not readable" for "nobody". */
  readonly refused?: readonly Refusal[];
}

/** Something that is missing from what was read while the sync went on: an access that was refused, unless `sort` says else. */
export interface Refusal {
  /**
   * `unreadable`: the other side fails whenever it is asked for this one object. `incomplete`: what was read contradicts
   * what the other side says elsewhere.
   */
  readonly sort?: "unreadable" | "incomplete";
  /** What is missing from the snapshot, as `admin roles of groups`: the same text for every object of that sort. */
  readonly what: string;
  /** Why, and what would help: the missing scope or admin role. */
  readonly why: string;
  /** The object it was refused for, as `group 00g1`. */
  readonly on?: string;
  /** The other side's request id. */
  readonly requestId?: string;
  /**
   * Over gRPC the page is served without it and marked, where any other refusal fails the call: clients of the contract
   * are used to find nothing in its place, or it is one item of a page whose others are good.
   */
  readonly passedOver?: boolean;
}

/** A resource and what is still to be read for its grants: nothing where it is known to have none. */
export interface Listed {
  readonly resource: Resource;
  readonly grants: readonly Cursor[];
  /** How many items a reading of `grants` is to show, where the list says so: what is read is held against it. */
  readonly expected?: readonly Expected[];
  /** How many resources of the type `heldOf` this one holds, where the list says so. */
  readonly held?: number;
  /** When what a reading of `grants` shows last changed, where the list says so, by the other side's clock. */
  readonly changed?: readonly Changed[];
}

/** When what the reading that begins at a cursor shows last changed, in milliseconds since the Unix epoch. */
export interface Changed {
  readonly cursor: Cursor;
  readonly at: number;
}

/**
 * Which grants the readings that begin at such cursors show, all of them: a stored one that such a reading does not show
 * any more is no more.
 */
export interface Reading {
  /** What is in each cursor that such a reading begins at; `{}`: any. */
  readonly cursor: Cursor;
  /** It shows only grants to principals of these types; absent: all. */
  readonly principals?: readonly string[];
  /** It shows what the resource itself holds, as a principal, of these types; absent: who holds the resource. */
  readonly holds?: readonly string[];
  /** How many items a page holds at most. */
  readonly pageSize: number;
}

/** How many items the reading that begins at a cursor is to show, all its pages together, whatever a filter leaves out. */
export interface Expected {
  readonly cursor: Cursor;
  readonly count: number;
}

/** A page of grants. `resources`: ones that only their grants show (a role outside the fixed table, say). */
export interface GrantPage extends Page<Grant> {
  /** How many items the other side showed on this page, where a filter left some out; the number of `items` if absent. */
  readonly total?: number;
  readonly resources?: readonly Resource[];
}

/** The one object that a page is asked of, though the page belongs to a list of many. */
export interface PageSubject {
  /** What is missing where the page cannot be read, as `which admin roles user 00u1 holds`. */
  readonly what: string;
  /** The object, as `user 00u1`. */
  readonly on: string;
}

/**
 * The grants of a whole resource type (or of several that share this object) where that is cheaper than reading them
 * one resource at a time.
 */
export interface AllGrants {
  /** Names the reading in logs, progress and the durable queue. */
  readonly name: string;
  page(cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  /** What the page at a cursor is asked of; `undefined` where that is no single object. */
  subjectOf?(cursor: Cursor): PageSubject | undefined;
  /** Whose grants the page at a cursor shows, where it shows all those of one principal that the whole reading shows. */
  holderAt?(cursor: Cursor): ResourceKey | undefined;
  /** The types of resources, and of principals, whose grants it shows, all of them. */
  readonly covers?: { readonly resources: readonly string[]; readonly principals: readonly string[] };
}

/** The lists that a sync has read so far. */
export interface ReadLists {
  /** Whether a type's list was read to its end, or is not read in this sync at all. */
  isComplete(type: string): boolean;
  /** The resources of a type that were listed so far. */
  resources(type: string): Iterable<Resource>;
}

/** By which route a sort of readings is made. */
export interface RouteChoice {
  /** Principals that are asked what they hold, by their ids, in this order; none: every reading is made as it is listed. */
  readonly principals: readonly string[];
  /** Resources whose readings are made as they are listed all the same, by their ids. */
  readonly resources: readonly string[];
}

/** A page of what a principal holds. */
export interface HeldPage extends GrantPage {
  /** Why this route cannot be relied on: then all is read as it is listed. */
  readonly contradicted?: string;
}

/**
 * A second route to what a sort of readings shows: in place of asking each resource who holds it, principals are asked what
 * they hold, where that ends sooner. It shows the same grants, to the byte.
 */
export interface OtherRoute {
  /** The sort of readings that it stands in for: what is in each cursor that such a reading begins at. */
  readonly cursor: Cursor;
  /** The type of the principals that are asked. */
  readonly principal: string;
  /** The entitlement whose grants to them it shows. */
  readonly slug: string;
  /** Chooses once the lists that it takes are complete; `undefined`: not yet. Asked again as lists become complete. */
  choose(lists: ReadLists, call: Pick<Call, "syncId">): RouteChoice | undefined;
  /**
   * One page of what a principal holds. `resourceOf` gives the resource of an id, the same object each time, as the grants
   * are to name it; `undefined` where this route is not asked for it, and the grant is left out. Throws what `grants` throws.
   */
  page(
    principal: Resource,
    cursor: Cursor | undefined,
    resourceOf: (id: string) => Resource | undefined,
    call: Call,
  ): Promise<HeldPage>;
  /** How many resources a principal holds, where it says so: it is not asked where so many were shown already. */
  countOf?(principal: Resource): number | undefined;
}

/**
 * How it is proved, without reading it again, that what a sort of readings showed is still so: for clients over the network
 * that keep what they were shown. Whatever cannot be proved is read.
 */
export interface Revalidation {
  /** What is in each cursor that such a reading begins at. */
  readonly cursor: Cursor;
  /** Names what one resource's reading shows, the same in each sync; at most 256 bytes. */
  scope(id: string): string;
  /** Where a resource's grants are read from in this sync; no reading of this sort: there is nothing to prove. */
  starts(id: string, call: Call): readonly Cursor[];
  /** Whether anything may be proved of a resource in this sync at all; costs no request. */
  isProvable(id: string, call: Call): boolean;
  /** What a reading that begins after this call can be held against in a later sync; `undefined`: nothing. */
  validator(id: string, call: Call): Promise<string | undefined>;
  /** Whether what was read under the validator of an earlier sync is still so, as far as this sync knows the other side. */
  isUnchanged(id: string, validator: string, call: Call): Promise<boolean>;
}

/** What a connector can do with one resource type. What is absent it cannot do; capabilities are derived from this. */
export interface ResourceTypeSupport {
  readonly type: ResourceType;
  /** The list shows every resource of the type: a principal that it does not show was missed, or is gone. */
  readonly listsAll?: boolean;
  /** The type of the resources that `Listed.held` counts. */
  readonly heldOf?: string;
  /** The ids of the resources of that type that one resource holds, by the other side's own list: a second count. */
  holdings?(id: string, call: Call): Promise<readonly string[]>;
  /** One page of the type's resources. Throws a {@link Failure} of kind `badCursor` where the cursor is refused. */
  list(cursor: Cursor | undefined, call: Call): Promise<Page<Listed>>;
  /** What the page of the list at a cursor is asked of; `undefined` where that is no single object. */
  subjectOf?(cursor: Cursor): PageSubject | undefined;
  /** The entitlements of a resource, made without any call to the other side. */
  entitlements?(resource: Resource): Entitlement[];
  /**
   * One page of a resource's entitlements, for a connector that has to ask for them; in place of `entitlements`. Throws a
   * {@link Failure} of kind `notFound` where the resource is gone.
   */
  listEntitlements?(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<Page<Entitlement>>;
  /**
   * One page of a resource's grants. The resource may be nothing but its id; a cursor of `Listed.grants` or of an
   * earlier page says where to read, `undefined` means: all there is, from the start. Throws a {@link Failure} of kind
   * `notFound` where the resource is gone. Not called in a sync where `allGrants` is there.
   */
  grants?(resource: Resource, cursor: Cursor | undefined, call: Call): Promise<GrantPage>;
  readonly allGrants?: AllGrants;
  /** For full syncs; never needed: whoever does not know of it reads all as it is listed. */
  readonly otherRoute?: OtherRoute;
  /** The sorts of readings that `Listed.grants` begins, for syncs that read only what changed. Absent: one that shows all. */
  readonly readings?: readonly Reading[];
  readonly revalidation?: Revalidation;
  /** The types of resources that whoever holds this one gets, and loses, with it: apps, of a group. */
  readonly passesOn?: readonly string[];
  /** A resource's grants to one principal, in one call, where its list is long. */
  grantsTo?(resource: Resource, principal: ResourceKey, call: Call): Promise<GrantPage>;
  /** Several resources, fresh, in as few calls as it takes; those that are not there, or filtered out, are left out. */
  getSome?(ids: readonly string[], call: Call): Promise<readonly Listed[]>;
  /**
   * One page of the type's resources that no list shows and that are there all the same, since somebody holds them: for
   * readers that do not take them from `GrantPage.resources`. One may be shown several times.
   */
  unlisted?(cursor: Cursor | undefined, call: Call): Promise<Page<Resource>>;
  /** One resource, fresh, with what is to be read for its grants; `undefined` where it is not there or filtered out. */
  get?(id: string, call: Call): Promise<Listed | undefined>;
  /**
   * Gives the entitlement `slug` of the resource to a principal. Nothing but the ids is needed; what else is must be read.
   * Throws a {@link Failure}: `notFound` (no such resource, principal or slug), `invalidArgument` (a principal of the
   * wrong type), `failedPrecondition` (a state that forbids it, with what to do instead).
   */
  grant?(resourceId: string, slug: string, principal: ResourceKey, call: Call): Promise<Change>;
  /** Takes it away again. Throws like `grant`; that it is not there (any more) is no failure. */
  revoke?(resourceId: string, slug: string, principal: ResourceKey, call: Call): Promise<Change>;
  /** Deletes the resource. */
  remove?(id: string, call: Call): Promise<Removal>;
}

/** What a grant or a revocation did. */
export interface Change {
  /** The grants that are there now because of it, or were there already; none after a revocation. */
  readonly grants: readonly Grant[];
  /** It was so already: nothing was changed. */
  readonly already: boolean;
}

/** What a deletion did. */
export interface Removal {
  /** It was gone already: nothing was changed. */
  readonly already: boolean;
}

/** The password of an account that is created. */
export type NewPassword =
  | { readonly kind: "none" }
  | {
      readonly kind: "random";
      /** Characters; 0 where the caller leaves it open. */
      readonly length: number;
      readonly constraints: readonly PasswordConstraint[];
      readonly changeAtNextLogin: boolean;
    };

/** How creating an account ended. */
export interface CreatedAccount {
  readonly outcome: "created" | "alreadyExists";
  readonly resource: Resource;
  /** The random password, which is given to nobody but in encrypted form. Absent in a rehearsal. */
  readonly password?: Secret;
}

/** Creation of accounts. */
export interface Accounts {
  /** The resource type of what is created. */
  readonly resourceType: string;
  readonly schema: ConnectorAccountCreationSchema;
  readonly credentials: CredentialDetailsAccountProvisioning;
  /**
   * Creates an account from a profile (see `schema`). Throws a {@link Failure}: `invalidArgument` naming the field, or
   * whatever the other side refuses; where something exists already after a failure, the message says what.
   */
  create(profile: JsonObject, password: NewPassword, call: Call): Promise<CreatedAccount>;
}

/** An object of JSON values. */
export type JsonObject = { readonly [key: string]: Json };

/** Something a connector does on request. Its arguments have been checked against the schema before `run` is called. */
export interface Action {
  /** Name, arguments, results and the resource type it belongs to. */
  readonly schema: BatonActionSchema;
  /** Does it, and answers the results. Throws a {@link Failure}; `invalidArgument` names the argument. */
  run(args: JsonObject, call: Call): Promise<JsonObject>;
}

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

/**
 * What is to be read again: a resource; a whole list; grants (of one resource or of all of a type, all of them or those of
 * one sort of reading, or those to one principal); what a principal holds in readings of whole types (or what any holds);
 * all that a principal held so far; what those hold who held a resource; or everything, and why.
 */
export type ToRead =
  | { readonly what: "resource"; readonly type: string; readonly id: string }
  | { readonly what: "list"; readonly type: string }
  | {
      readonly what: "grants";
      readonly type: string;
      readonly id?: string;
      readonly reading?: Cursor;
      readonly principal?: ResourceKey;
    }
  | { readonly what: "holder"; readonly type: string; readonly id?: string }
  | { readonly what: "holdings"; readonly type: string; readonly id: string }
  | { readonly what: "holders"; readonly type: string; readonly id: string }
  | { readonly what: "everything"; readonly why: string };

/** From where on changes are told. Plain JSON, kept in the snapshot. */
export interface Since {
  /** The parts of it, which are read side by side: the cursor of each, by name. */
  readonly parts: Readonly<Record<string, Cursor>>;
  /** The other side's time when it was taken, in milliseconds since the Unix epoch, where it is known. */
  readonly at?: number;
}

/** One page of what has changed. */
export interface ChangePage {
  readonly items: readonly ToRead[];
  /** Resources that the page itself shows, fresh. */
  readonly listed?: readonly Listed[];
  /** Resources that are there and are left out by a filter now. */
  readonly filteredOut?: readonly ResourceKey[];
  /** Resources of `listed` that were there before, and may not have been in: a filter let them through only now. */
  readonly cameIn?: readonly ResourceKey[];
  /** The page after this one; absent where this was the last. */
  readonly next?: Cursor;
  /** Where the part goes on in the next sync; there on the last page. */
  readonly since?: Cursor;
  /** The other side's time when the page was answered, where it is known. */
  readonly at?: number;
  /** What could not be seen, and what it costs: it is read again instead. Told in the result. */
  readonly blind?: string;
  readonly refused?: readonly Refusal[];
}

/** What has changed on the other side: for syncs that read only that. */
export interface Changes {
  /** Where changes are told from: asked for before a full sync begins, so that what changes while it runs is told later. */
  open(call: Call): Promise<Since>;
  /** One page of what has changed since. Repeats are harmless. */
  page(part: string, cursor: Cursor, call: Call): Promise<ChangePage>;
}

/** What has to be the same for anything of an earlier sync to be used again. At most 256 bytes each. */
export interface SourceCache {
  /** How scopes, validators and rows are made. */
  readonly generation: string;
  /** A digest of all that decides what can be seen: the org, the settings, the credentials. */
  readonly fingerprint: string;
}

/** Who a connector is. */
export interface ConnectorMetadata {
  readonly displayName: string;
  readonly description: string;
  /** Where a person finds what the connector reads, as `https://acme.okta.com`. */
  readonly externalUrl?: string;
}

/** The contract: the syncer, the gRPC server, the provisioner and service mode all work against this. */
export interface Connector {
  readonly metadata: ConnectorMetadata;
  /** The resource types that are switched on, in a fixed order. */
  readonly types: readonly ResourceTypeSupport[];
  /**
   * By the type of a principal, the types whose grants to it are read with the principal and not with what is granted: an
   * admin role that a group holds is read with the group. Absent where that is not known: nobody can then tell what the
   * reading of one resource would have shown.
   */
  readonly heldTypes?: Readonly<Record<string, readonly string[]>>;
  /** Proves that the credentials work. Throws a {@link Failure} that says what is wrong. */
  validate(call: Call): Promise<void>;
  readonly accounts?: Accounts;
  readonly actions?: readonly Action[];
  readonly events?: Events;
  readonly changes?: Changes;
  /** Why there is no `changes`, as it goes on after "Read everything: ". */
  readonly changesUntold?: string;
  /**
   * Rules by which a full sync judges what it has read: what they find becomes resources of the type `security-insight`.
   * A rule needs the whole picture, so nobody who asks for one page after the other is shown what they find.
   */
  readonly rules?: readonly Rule[];
  /** Under what a client may keep what `Revalidation` proves; absent: nothing may be kept. */
  readonly sourceCache?: SourceCache;
  /** Forgets what was remembered for a sync: it has ended. Safe to repeat, and for syncs that never were. */
  forget?(syncId: string): void;
  /** Frees connections. */
  close?(): Promise<void>;
}
