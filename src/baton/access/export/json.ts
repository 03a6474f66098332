import type { DescMessage } from "@bufbuild/protobuf";
import { EntitlementSchema } from "../../../gen/c1/connector/v2/entitlement_pb.ts";
import { GrantSchema } from "../../../gen/c1/connector/v2/grant_pb.ts";
import { ResourceSchema, ResourceTypeSchema } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { comparableJson } from "../../model/json.ts";
import type { SyncContent } from "../../snapshot/content.ts";
import type { ContentTable } from "../../snapshot/schema.ts";

const MAPS: readonly (readonly [string, ContentTable, DescMessage])[] = [
  ["entitlements", "v1_entitlements", EntitlementSchema],
  ["grants", "v1_grants", GrantSchema],
  ["resource_types", "v1_resource_types", ResourceTypeSchema],
  ["resources", "v1_resources", ResourceSchema],
];

/**
 * A sync as one JSON object, piece by piece: the maps `entitlements`, `grants`, `resource_types` and `resources` from
 * external id to message (proto3 JSON with the proto's field names), one message a line, everything sorted, so that two
 * exports can be compared line by line. What a grant says of its expansion is not in it.
 */
export function* exportJson(content: SyncContent): Generator<string> {
  let first = true;
  for (const [name, table, schema] of MAPS) {
    yield `${first ? "{" : ","}\n${JSON.stringify(name)}: {`;
    first = false;
    let comma = "";
    for (const row of content.rows(table)) {
      yield `${comma}\n  ${JSON.stringify(row.id)}: ${JSON.stringify(comparableJson(schema, row.message))}`;
      comma = ",";
    }
    yield comma === "" ? "}" : "\n}";
  }
  yield "\n}\n";
}
