import { create } from "@bufbuild/protobuf";
import { ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { didYouMean } from "../../runtime/did-you-mean.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Connector, ResourceTypeSupport } from "../connector.ts";
import { entitlementId, parseEntitlementId, parseGrantId, type ResourceKey } from "../model/ids.ts";

/** An entitlement by its parts. */
export interface EntitlementKey {
  readonly resource: ResourceKey;
  readonly slug: string;
}

/** A grant by its parts. */
export interface GrantKey extends EntitlementKey {
  readonly principal: ResourceKey;
}

/** The longest id of a type or a resource, in bytes of UTF-8, as the contract has it. */
const ID_BYTES = 1024;

/** An entitlement by its id or by its parts. Throws `invalidArgument` where the id is malformed. */
export function entitlementOf(named: string | EntitlementKey): EntitlementKey {
  if (typeof named === "string") {
    const { type, id, slug } = parseEntitlementId(named);
    return checkedEntitlement({ resource: { type, id }, slug });
  }
  return checkedEntitlement(named);
}

/**
 * A grant by its id or by its parts. An id is taken apart by what the connector's types and their entitlements are
 * called, as ids may hold colons. Throws `invalidArgument` where it is malformed.
 */
export function grantOf(named: string | GrantKey, connector: Connector): GrantKey {
  if (typeof named !== "string") {
    checkKey(named.principal, "the principal");
    return { ...checkedEntitlement(named), principal: named.principal };
  }
  const { type, id, slug, principalType, principalId } = readGrantId(named, connector);
  const key = { resource: { type, id }, slug, principal: { type: principalType, id: principalId } };
  return grantOf(key, connector);
}

/** Reads with all that is known; where a name is not known, the plain reading lets the error say which. */
function readGrantId(id: string, connector: Connector) {
  const types = connector.types.map(({ type }) => type.id);
  const known = { types, slugs: slugsOf(connector, id.slice(0, id.indexOf(":"))) };
  for (const names of [known, { types }]) {
    try {
      return parseGrantId(id, names);
    } catch {
      // The next reading is less strict.
    }
  }
  return parseGrantId(id);
}

function slugsOf(connector: Connector, type: string): string[] {
  const support = connector.types.find((candidate) => candidate.type.id === type);
  const resource = create(ResourceSchema, { id: { resourceType: type, resource: "-" } });
  return support?.entitlements?.(resource).map(({ slug }) => slug) ?? [];
}

function checkedEntitlement({ resource, slug }: EntitlementKey): EntitlementKey {
  checkKey(resource, "the entitlement's resource");
  if (slug === "") {
    throw new Failure({ kind: "invalidArgument", message: "the entitlement has no name", advice: "its id ends in it" });
  }
  return { resource, slug };
}

/** Refuses ids that are empty or longer than the contract allows. */
export function checkKey({ type, id }: ResourceKey, what: string): void {
  for (const [part, text] of [
    ["type", type],
    ["id", id],
  ] as const) {
    const bytes = Buffer.byteLength(text);
    if (bytes >= 1 && bytes <= ID_BYTES) continue;
    throw new Failure({
      kind: "invalidArgument",
      message: bytes === 0 ? `${what} has no ${part}` : `the ${part} of ${what} is longer than ${ID_BYTES} bytes`,
    });
  }
}

/** What the connector can do with a type. Throws `notFound` where there is no such type. */
export function supportOf(connector: Connector, type: string): ResourceTypeSupport {
  const support = connector.types.find((candidate) => candidate.type.id === type);
  if (support !== undefined) return support;
  const names = connector.types.map((candidate) => candidate.type.id);
  const suggestion = didYouMean(type, names);
  throw new Failure({
    kind: "notFound",
    message: `there is no resource type ${JSON.stringify(type)}, or it is not switched on`,
    advice: suggestion === undefined ? `there are ${names.join(", ")}` : `did you mean ${suggestion}?`,
  });
}

/** The failure that says that a type lacks an ability. */
export function cannot(type: string, what: string): Failure {
  return new Failure({ kind: "unimplemented", message: `resources of type ${type} cannot be ${what}` });
}

/** An entitlement in words, as logs name it. */
export function entitlementText({ resource, slug }: EntitlementKey): string {
  return entitlementId(resource.type, resource.id, slug);
}
