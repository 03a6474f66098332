import { fromBinary } from "@bufbuild/protobuf";
import { type Resource, ResourceSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";

/** Reads the resource of a stored row. */
export function decodeResource(data: unknown): Resource {
  return fromBinary(ResourceSchema, data as Uint8Array);
}
