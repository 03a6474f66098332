import { create, fromBinary, toBinary, type UnknownField } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import { GrantOriginSchema, Origin as Stated } from "../../gen/baton_okta/v1/origin_pb.ts";

/** How a principal came to hold an entitlement, as the other side states it: given to itself, or through a group. */
export type Origin = "direct" | "group";

const BYTES: Readonly<Record<Origin, Uint8Array>> = {
  direct: toBinary(GrantOriginSchema, create(GrantOriginSchema, { origin: Stated.DIRECT })),
  group: toBinary(GrantOriginSchema, create(GrantOriginSchema, { origin: Stated.GROUP })),
};

/** The number of the field in which a grant's bytes state its origin. */
export const ORIGIN_FIELD = GrantOriginSchema.field.origin.number;

function fieldIn(bytes: Uint8Array): UnknownField {
  return fromBinary(EmptySchema, bytes).$unknown![0]!;
}

/** What is appended to a grant's bytes to state its origin; see `proto/baton_okta/v1/origin.proto`. */
export function originBytes(origin: Origin): Uint8Array {
  return BYTES[origin];
}

/** The origin as a field that a grant's message carries along without knowing it. */
export function originField(origin: Origin): UnknownField {
  const { no, wireType, data } = fieldIn(BYTES[origin]);
  return { no, wireType, data };
}

/** The origin that a grant's bytes state; `undefined` where they state none. */
export function originOf(grant: Uint8Array): Origin | undefined {
  return originNumbered(fromBinary(GrantOriginSchema, grant, { readUnknownFields: false }).origin);
}

/** The origin that a number in a grant's bytes stands for; `undefined` where it stands for none. */
export function originNumbered(origin: number): Origin | undefined {
  switch (origin) {
    case Stated.DIRECT:
      return "direct";
    case Stated.GROUP:
      return "group";
    default:
      return undefined;
  }
}
