import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { GrantExpandableSchema } from "../../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { GrantSchema, GrantsServiceListGrantsResponseSchema } from "../../../gen/c1/connector/v2/grant_pb.ts";
import { createGrantEncoder } from "../../model/encode.ts";
import type { Grant } from "../../model/grant.ts";

const LIST = GrantsServiceListGrantsResponseSchema.field.list.number;
const ANNOTATIONS = GrantSchema.field.annotations.number;
const { typeUrl: TYPE_URL, value: VALUE } = AnySchema.field;
const EXPANDABLE = `type.googleapis.com/${GrantExpandableSchema.typeName}`;

/**
 * The grants of an answer to `ListGrants`, as the bytes of its list: each as `wireGrant` has it, without a message of its
 * own, since all grants of an entitlement carry the same resource.
 */
export function encodedGrants(grants: readonly Grant[]): Uint8Array {
  const encode = createGrantEncoder();
  const writer = new BinaryWriter();
  for (const grant of grants) {
    const { data, expansion } = encode(grant);
    writer.tag(LIST, WireType.LengthDelimited);
    if (expansion === null) {
      writer.bytes(data);
      continue;
    }
    // A field that is repeated may go on after later ones.
    writer.fork().raw(data).tag(ANNOTATIONS, WireType.LengthDelimited).fork();
    writer.tag(TYPE_URL.number, WireType.LengthDelimited).string(EXPANDABLE);
    writer.tag(VALUE.number, WireType.LengthDelimited).bytes(expansion).join().join();
  }
  return writer.finish();
}
