import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { anyIs } from "@bufbuild/protobuf/wkt";
import { type GrantExpandable, GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Grant as GrantMessage, GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { find, pack } from "./annotations.ts";
import type { Grant, Granted } from "./grant.ts";
import { grantId, v1GrantId } from "./ids.ts";
import { originBytes, originField } from "./origin.ts";

/** A grant as a snapshot stores it: the columns `data` and `expansion`. */
export interface EncodedGrant {
  readonly data: Uint8Array;
  readonly expansion: Uint8Array | null;
}

/**
 * The message of a grant as it stands in a snapshot: the entitlement's id and whole resource, the principal's id, and
 * no `GrantExpandable`, which the snapshot keeps apart. The message of a grant that came over the wire stays what it
 * is otherwise.
 */
export function grantMessage(grant: Grant): GrantMessage {
  if (grant.message) {
    const annotations = grant.message.annotations.filter((annotation) => !anyIs(annotation, GrantExpandableSchema));
    return annotations.length === grant.message.annotations.length ? grant.message : { ...grant.message, annotations };
  }
  return create(GrantSchema, {
    entitlement: { id: grant.granted.id, resource: grant.granted.resource },
    principal: { id: { resourceType: grant.principalType, resource: grant.principalId } },
    id: grantId(grant),
    annotations: [pack(V1IdentifierSchema, { id: v1GrantId(grant) })],
    ...sourcesOf(grant),
  });
}

/** Through what a grant is held; nothing where nobody stated it, as an empty list of sources would say something. */
function sourcesOf({ sources = [] }: Grant): Pick<MessageInitShape<typeof GrantSchema>, "sources"> {
  if (sources.length === 0) return {};
  return { sources: { sources: Object.fromEntries(sources.map((id) => [id, { isDirect: true }])) } };
}

/** The bytes of a grant as a snapshot stores them: its message, and its origin where that is stated. */
function storedBytes(grant: Grant): Uint8Array {
  const message = toBinary(GrantSchema, grantMessage(grant));
  return grant.origin === undefined ? message : Buffer.concat([message, originBytes(grant.origin)]);
}

/** The message of a grant as connectors send it: with its origin, and its `GrantExpandable` among the annotations. */
export function wireGrant(grant: Grant): GrantMessage {
  const message = grantMessage(grant);
  if (grant.origin !== undefined) message.$unknown = [originField(grant.origin)];
  const expandable = expandableOf(grant);
  return expandable
    ? { ...message, annotations: [...message.annotations, pack(GrantExpandableSchema, expandable)] }
    : message;
}

/** What a grant says of its expansion; `undefined` where that is nothing, as where no entitlement is named. */
export function expandableOf(grant: Grant): GrantExpandable | undefined {
  const expandable = grant.expandable
    ? create(GrantExpandableSchema, {
        entitlementIds: [...grant.expandable.entitlementIds],
        shallow: grant.expandable.shallow,
        resourceTypeIds: [...(grant.expandable.resourceTypeIds ?? [])],
      })
    : grant.message && find(grant.message.annotations, GrantExpandableSchema);
  return expandable?.entitlementIds.some((id) => id.trim() !== "") ? expandable : undefined;
}

/** The grant that a message from another connector states. Its id and entitlement are taken as they are. */
export function grantOfMessage(message: GrantMessage): Grant | undefined {
  const { entitlement, principal } = message;
  if (!entitlement?.resource?.id || !principal?.id) return undefined;
  return {
    granted: {
      id: entitlement.id,
      v1Id: find(entitlement.annotations, V1IdentifierSchema)?.id ?? "",
      resource: entitlement.resource,
    },
    principalType: principal.id.resourceType,
    principalId: principal.id.resource,
    message,
  };
}

/**
 * The bytes of a grant with room for a principal id of one length, and where in them it stands. All grants of an
 * entitlement to principals of a type differ in nothing else.
 */
interface Template {
  readonly granted: Granted;
  readonly principalType: string;
  readonly v1Tail: string | undefined;
  readonly origin: Grant["origin"];
  readonly sources: Grant["sources"];
  readonly length: number;
  readonly bytes: Buffer;
  readonly holes: readonly number[];
}

/**
 * Makes an encoder of grants for a snapshot. Its bytes are those of the plain encoder for {@link grantMessage}; it is
 * several times as fast where grants of one entitlement follow each other, as the plain encoder runs once for all of
 * them. What it hands out is never written to again.
 */
export function createGrantEncoder(): (grant: Grant) => EncodedGrant {
  const templates = new WeakMap<Granted, Map<string, Template>>();
  let last: Template | undefined;

  return (grant) => {
    const expandable = grant.expandable || grant.message ? expandableOf(grant) : undefined;
    const expansion = expandable ? toBinary(GrantExpandableSchema, expandable) : null;
    const id = grant.principalId;
    if (grant.message || !isAscii(id)) return { data: storedBytes(grant), expansion };
    if (!last || !fits(last, grant)) {
      let known = templates.get(grant.granted);
      if (!known) {
        known = new Map();
        templates.set(grant.granted, known);
      }
      last = templateOf(known, grant);
    }
    const { bytes, holes } = last;
    const data = Buffer.allocUnsafe(bytes.length);
    data.set(bytes);
    for (let hole = 0; hole < holes.length; hole++) {
      let at = holes[hole]!;
      for (let letter = 0; letter < id.length; letter++) data[at++] = id.charCodeAt(letter);
    }
    return { data, expansion };
  };
}

/** The template of a grant out of those that are known of its entitlement, made where there is none yet. */
function templateOf(known: Map<string, Template>, grant: Grant): Template {
  const key = templateKey(grant);
  const found = known.get(key);
  if (found !== undefined && found.sources === grant.sources) return found;
  const template = found === undefined ? makeTemplate(grant) : { ...found, sources: grant.sources };
  known.set(key, template);
  return template;
}

/** Whether a template is a grant's: looked at for each, so that lists of sources are one only where they are one object. */
function fits(template: Template, grant: Grant): boolean {
  return (
    template.granted === grant.granted &&
    template.length === grant.principalId.length &&
    template.principalType === grant.principalType &&
    template.v1Tail === grant.v1Tail &&
    template.origin === grant.origin &&
    template.sources === grant.sources
  );
}

function templateKey({ principalId, principalType, v1Tail, origin, sources }: Grant): string {
  return JSON.stringify([principalId.length, principalType, v1Tail, origin, sources]);
}

/**
 * Fields are written in the order of their numbers, and each on its own is written as within the whole message: 1 is the
 * entitlement, 2 the principal, 3 the id, 4 the annotations, 5 the sources. The principal's id ends the middle three.
 */
function makeTemplate(grant: Grant): Template {
  const { granted, principalType, v1Tail, origin, sources } = grant;
  const { entitlement, principal, id, annotations, sources: held } = grantMessage(grant);
  const length = grant.principalId.length;
  const parts: Uint8Array[] = [field({ entitlement }), field({ principal }), field({ id }), field({ annotations })];
  const holes: number[] = [];
  let end = 0;
  for (const [at, part] of parts.entries()) {
    end += part.length;
    if (at === 1 || at === 2 || (at === 3 && v1Tail === undefined)) holes.push(end - length);
  }
  if (held !== undefined) parts.push(field({ sources: held }));
  if (origin !== undefined) parts.push(originBytes(origin));
  return { granted, principalType, v1Tail, origin, sources, length, bytes: Buffer.concat(parts), holes };
}

/** The bytes of a grant's message of which nothing but this is set. */
function field(
  init: { readonly [Name in "entitlement" | "principal" | "id" | "annotations" | "sources"]?: GrantMessage[Name] },
) {
  return toBinary(GrantSchema, create(GrantSchema, init as MessageInitShape<typeof GrantSchema>));
}

function isAscii(text: string): boolean {
  for (let letter = 0; letter < text.length; letter++) if (text.charCodeAt(letter) > 127) return false;
  return true;
}
