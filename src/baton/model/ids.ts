import KSUID from "ksuid";
import type { Clock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Grant } from "./grant.ts";

/** What an entitlement's id names. */
export interface ParsedEntitlementId {
  readonly type: string;
  /** The resource's id. It may hold colons: a binding's is `<resourceSetId>:<roleId>`. */
  readonly id: string;
  readonly slug: string;
}

/** What a grant's id names. */
export interface ParsedGrantId extends ParsedEntitlementId {
  readonly entitlementId: string;
  readonly principalType: string;
  readonly principalId: string;
}

/** What is known of types and slugs when a grant's id is taken apart; what is absent is not used to decide. */
export interface KnownNames {
  /** The ids of the resource types that there are. */
  readonly types?: readonly string[];
  /** The slugs that entitlements have. */
  readonly slugs?: readonly string[];
}

/** A resource as ids name it. */
export interface ResourceKey {
  readonly type: string;
  readonly id: string;
}

/** The key under which a snapshot stores a resource (`external_id`): `<type>:<id>`. */
export function resourceKey(type: string, id: string): string {
  return `${type}:${id}`;
}

/** An entitlement's id: `<type>:<id>:<slug>`. */
export function entitlementId(type: string, id: string, slug: string): string {
  return `${type}:${id}:${slug}`;
}

/** A grant's id: `<entitlement id>:<principal type>:<principal id>`, or what its message says where it came by wire. */
export function grantId(grant: Grant): string {
  return grant.message?.id || `${grant.granted.id}:${grant.principalType}:${grant.principalId}`;
}

/**
 * Takes an entitlement's id apart. Types and slugs have no colon, so the first colon ends the type and the last one
 * begins the slug. Throws a {@link Failure} of kind `invalidArgument` where a part is missing.
 */
export function parseEntitlementId(id: string): ParsedEntitlementId {
  const first = id.indexOf(":");
  const last = id.lastIndexOf(":");
  if (first < 1 || last <= first + 1 || last === id.length - 1) {
    throw malformed("entitlement", id, "<type>:<id>:<slug>");
  }
  return { type: id.slice(0, first), id: id.slice(first + 1, last), slug: id.slice(last + 1) };
}

/**
 * Takes a grant's id apart. Both the resource's and the principal's id may hold colons, so `t:a:b:c:d:e` can be read as
 * `t:a:b` held by `c:d:e` or `t:a:b:c` held by `d:e`. Readings that contradict what is `known` drop out; of several
 * that are left the one with the shortest principal id wins, as ids of principals seldom hold colons. Throws a
 * {@link Failure} of kind `invalidArgument` where no reading is left.
 */
export function parseGrantId(id: string, known: KnownNames = {}): ParsedGrantId {
  const parts = id.split(":");
  const { types, slugs } = known;
  for (let slug = parts.length - 3; slug >= 2; slug--) {
    const reading: ParsedGrantId = {
      entitlementId: parts.slice(0, slug + 1).join(":"),
      type: parts[0]!,
      id: parts.slice(1, slug).join(":"),
      slug: parts[slug]!,
      principalType: parts[slug + 1]!,
      principalId: parts.slice(slug + 2).join(":"),
    };
    const whole = reading.type && reading.id && reading.slug && reading.principalType && reading.principalId;
    if (!whole || (slugs && !slugs.includes(reading.slug))) continue;
    if (types && !(types.includes(reading.type) && types.includes(reading.principalType))) continue;
    return reading;
  }
  throw malformed("grant", id, "<type>:<id>:<slug>:<principal type>:<principal id>");
}

/** The V1 id of an entitlement of a group, app, resource set or binding (`membership`) or of a role (`role`). */
export function v1EntitlementId(kind: "membership" | "role", id: string): string {
  return `${kind}:${id}`;
}

/** The V1 id of a grant: `grant:<the entitlement's V1 id>:<principal id>`, unless the grant names another last part. */
export function v1GrantId(grant: Grant): string {
  return `grant:${grant.granted.v1Id}:${grant.v1Tail ?? grant.principalId}`;
}

const BID_PREFIX = "bid:r:";
const BID_FORM = "bid:r:<type>/<id>, with \\ before each :, / and \\ of a name";

/** Reads a resource's Baton id, `bid:r:<type>/<id>`. Throws a {@link Failure} of kind `invalidArgument` for any other. */
export function parseBid(bid: string): ResourceKey {
  if (!bid.startsWith(BID_PREFIX)) throw malformed("resource", bid, BID_FORM);
  const names = [""];
  for (let at = BID_PREFIX.length; at < bid.length; at++) {
    let letter = bid[at]!;
    if (letter === "/") {
      names.push("");
      continue;
    }
    if (letter === ":") throw malformed("resource", bid, BID_FORM);
    if (letter === "\\") {
      letter = bid[++at] ?? "";
      if (letter !== ":" && letter !== "/" && letter !== "\\") throw malformed("resource", bid, BID_FORM);
    }
    names[names.length - 1] += letter;
  }
  const [type, id] = names;
  if (!type || !id || names.length !== 2) throw malformed("resource", bid, BID_FORM);
  return { type, id };
}

/** Writes a resource's Baton id, which {@link parseBid} reads. */
export function formatBid(type: string, id: string): string {
  const escaped = (name: string) => name.replace(/[:/\\]/g, "\\$&");
  return `${BID_PREFIX}${escaped(type)}/${escaped(id)}`;
}

/** A new sync's id: a KSUID, 27 letters and digits that sort by the second in which they were made. */
export function newSyncId(clock: Clock): string {
  return KSUID.randomSync(clock.now()).string;
}

function malformed(what: string, id: string, form: string): Failure {
  return new Failure({
    kind: "invalidArgument",
    message: `"${id}" is not the id of ${/^[aeiou]/.test(what) ? "an" : "a"} ${what}`,
    advice: `write it as ${form}`,
  });
}
