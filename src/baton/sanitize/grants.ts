import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { EntitlementSchema } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../gen/c1/connector/v2/grant_pb.ts";
import { sanitizeBytes } from "./messages.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

const ENTITLEMENT = GrantSchema.field.entitlement.number;

/** How many entitlements are remembered: the grants of one follow each other. */
const MAX_REMEMBERED = 32;

/**
 * Puts other texts in place of all that grants hold, as `sanitizeBytes` does. Most of a grant is a copy of its
 * entitlement, which is the same in many: that is done once for all of them.
 */
export function grantSanitizer(names: Pseudonyms): (data: Uint8Array) => Uint8Array {
  const remembered = new Map<string, Uint8Array>();
  return (data) => {
    const { entitlement, rest } = split(data);
    const other = sanitizeBytes(GrantSchema, rest, names);
    if (entitlement === undefined) return other;
    const key = Buffer.from(entitlement.buffer, entitlement.byteOffset, entitlement.byteLength).toString("latin1");
    let copy = remembered.get(key);
    if (copy === undefined) {
      const bytes = sanitizeBytes(EntitlementSchema, entitlement, names);
      copy = new BinaryWriter().tag(ENTITLEMENT, WireType.LengthDelimited).bytes(bytes).finish();
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, copy);
    }
    return Buffer.concat([copy, other]);
  };
}

/** A grant's entitlement, and all its other fields. */
function split(data: Uint8Array): { entitlement: Uint8Array | undefined; rest: Uint8Array } {
  const reader = new BinaryReader(data);
  const rest: Uint8Array[] = [];
  let entitlement: Uint8Array | undefined;
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const [no, wireType] = reader.tag();
    if (no === ENTITLEMENT && wireType === WireType.LengthDelimited && entitlement === undefined) {
      entitlement = reader.bytes();
    } else {
      reader.skip(wireType, no);
      rest.push(data.subarray(from, reader.pos));
    }
  }
  return { entitlement, rest: Buffer.concat(rest) };
}
