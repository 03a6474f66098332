import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { GrantImmutableSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import {
  GrantSchema,
  GrantSources_GrantSourceSchema,
  GrantSourcesSchema,
} from "../../../gen/c1/connector/v2/grant_pb.ts";
import { originOf } from "../../model/origin.ts";

/** The entitlements through which a principal holds another one, and whether it holds them directly. */
export type Sources = Map<string, boolean>;

const tag = (field: number) => (field << 3) | WireType.LengthDelimited;

const IMMUTABLE = toBinary(
  GrantSchema,
  create(GrantSchema, { annotations: [anyPack(GrantImmutableSchema, create(GrantImmutableSchema))] }),
);

/**
 * Makes the encoder of an entitlement's expanded grants: the whole entitlement, the principal's id, `GrantImmutable`
 * and the sources. The entitlement's bytes are taken as they are stored; the field numbers are those of `Grant`,
 * `Resource`, `ResourceId` and `GrantSources`.
 */
export function expandedGrantEncoder(entitlementId: string, entitlement: Uint8Array) {
  const head = new BinaryWriter().uint32(tag(1)).bytes(entitlement).finish();
  return (principalType: string, principalId: string, sources: Sources): { grantId: string; data: Uint8Array } => {
    const grantId = `${entitlementId}:${principalType}:${principalId}`;
    const rest = new BinaryWriter();
    rest.uint32(tag(2)).fork().uint32(tag(1)).fork();
    if (principalType !== "") rest.uint32(tag(1)).string(principalType);
    if (principalId !== "") rest.uint32(tag(2)).string(principalId);
    rest.join().join().uint32(tag(3)).string(grantId).raw(IMMUTABLE);
    rest.uint32(tag(5)).fork();
    for (const [source, direct] of sources) {
      rest.uint32(tag(1)).fork().uint32(tag(1)).string(source).uint32(tag(2)).fork();
      if (direct) rest.uint32(8).bool(true);
      rest.join().join();
    }
    return { grantId, data: Buffer.concat([head, rest.join().finish()]) };
  };
}

/**
 * Adds sources to a stored grant of an entitlement. One that has none so far is direct, and then says so, unless it
 * states that it is held through a group.
 */
export function addSources(grant: Uint8Array, entitlementId: string, sources: Sources): Uint8Array {
  const message = fromBinary(GrantSchema, grant);
  const all = new Map(Object.entries(message.sources?.sources ?? {}).map(([id, { isDirect }]) => [id, isDirect]));
  if (all.size === 0 && originOf(grant) !== "group") all.set(entitlementId, true);
  for (const [id, direct] of sources) all.set(id, direct || all.get(id) === true);
  message.sources = create(GrantSourcesSchema, {
    sources: Object.fromEntries(
      [...all]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, isDirect]) => [id, create(GrantSources_GrantSourceSchema, { isDirect })]),
    ),
  });
  return toBinary(GrantSchema, message);
}
