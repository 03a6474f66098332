import { create, type JsonValue } from "@bufbuild/protobuf";
import type { Call, Json, JsonObject } from "../../baton/connector.ts";
import { protoJson } from "../../baton/model/json.ts";
import { ResourceSchema as FormResourceSchema } from "../../gen/c1/config/v1/config_pb.ts";
import type { Resource } from "../../gen/c1/connector/v2/resource_pb.ts";

/** The results of an action that came to its end. Of a rehearsal they say so: nothing was changed then. */
export function results(call: Call, values: JsonObject): JsonObject {
  return { success: true, ...values, ...(call.dryRun === true && { dry_run: true }) };
}

/** A resource as actions answer it: `resourceId`, `displayName` and `annotations`, in lowerCamelCase JSON. */
export function resourceResult({ id, displayName, description, annotations }: Resource): Json {
  const form = create(FormResourceSchema, {
    resourceId: { resourceTypeId: id?.resourceType ?? "", resourceId: id?.resource ?? "" },
    displayName,
    description,
    annotations,
  });
  return protoJson(FormResourceSchema, form) as JsonValue as Json;
}
