import { create, createFileRegistry, createRegistry, type DescMessage, type Registry } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { file_c1_config_v1_config } from "../../gen/c1/config/v1/config_pb.ts";
import { file_c1_config_v1_rules } from "../../gen/c1/config/v1/rules_pb.ts";
import { file_c1_connector_v2_action } from "../../gen/c1/connector/v2/action_pb.ts";
import { file_c1_connector_v2_annotation_baton_id } from "../../gen/c1/connector/v2/annotation_baton_id_pb.ts";
import { file_c1_connector_v2_annotation_entitlement } from "../../gen/c1/connector/v2/annotation_entitlement_pb.ts";
import { file_c1_connector_v2_annotation_etag } from "../../gen/c1/connector/v2/annotation_etag_pb.ts";
import { file_c1_connector_v2_annotation_external_link } from "../../gen/c1/connector/v2/annotation_external_link_pb.ts";
import { file_c1_connector_v2_annotation_external_ticket } from "../../gen/c1/connector/v2/annotation_external_ticket_pb.ts";
import { file_c1_connector_v2_annotation_grant } from "../../gen/c1/connector/v2/annotation_grant_pb.ts";
import { file_c1_connector_v2_annotation_grant_replaced } from "../../gen/c1/connector/v2/annotation_grant_replaced_pb.ts";
import { file_c1_connector_v2_annotation_id_alias } from "../../gen/c1/connector/v2/annotation_id_alias_pb.ts";
import { file_c1_connector_v2_annotation_ratelimit } from "../../gen/c1/connector/v2/annotation_ratelimit_pb.ts";
import { file_c1_connector_v2_annotation_raw_id } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { file_c1_connector_v2_annotation_request } from "../../gen/c1/connector/v2/annotation_request_pb.ts";
import { file_c1_connector_v2_annotation_resource_deleted } from "../../gen/c1/connector/v2/annotation_resource_deleted_pb.ts";
import { file_c1_connector_v2_annotation_resource } from "../../gen/c1/connector/v2/annotation_resource_pb.ts";
import { file_c1_connector_v2_annotation_resource_tree } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { file_c1_connector_v2_annotation_security_insight } from "../../gen/c1/connector/v2/annotation_security_insight_pb.ts";
import { file_c1_connector_v2_annotation_source_cache } from "../../gen/c1/connector/v2/annotation_source_cache_pb.ts";
import { file_c1_connector_v2_annotation_trait } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { file_c1_connector_v2_annotation_type_scoped_entitlements } from "../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.ts";
import { file_c1_connector_v2_annotation_type_scoped_grants } from "../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.ts";
import { file_c1_connector_v2_annotation_v1_identifier } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { file_c1_connector_v2_asset } from "../../gen/c1/connector/v2/asset_pb.ts";
import { file_c1_connector_v2_connector } from "../../gen/c1/connector/v2/connector_pb.ts";
import { file_c1_connector_v2_entitlement } from "../../gen/c1/connector/v2/entitlement_pb.ts";
import { file_c1_connector_v2_event_feed } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import { file_c1_connector_v2_grant } from "../../gen/c1/connector/v2/grant_pb.ts";
import { file_c1_connector_v2_resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { file_c1_connector_v2_ticket } from "../../gen/c1/connector/v2/ticket_pb.ts";
import { file_c1_connectorapi_baton_v1_baton } from "../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { file_c1_ratelimit_v1_ratelimit } from "../../gen/c1/ratelimit/v1/ratelimit_pb.ts";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.ts";
import { file_google_rpc_status } from "../../gen/google/rpc/status_pb.ts";

/** Every message of the contract, for annotations and other messages that are packed in an `Any`. */
export const registry: Registry = createRegistry(
  file_c1_config_v1_config,
  file_c1_config_v1_rules,
  file_c1_connector_v2_action,
  file_c1_connector_v2_annotation_baton_id,
  file_c1_connector_v2_annotation_entitlement,
  file_c1_connector_v2_annotation_etag,
  file_c1_connector_v2_annotation_external_link,
  file_c1_connector_v2_annotation_external_ticket,
  file_c1_connector_v2_annotation_grant,
  file_c1_connector_v2_annotation_grant_replaced,
  file_c1_connector_v2_annotation_id_alias,
  file_c1_connector_v2_annotation_ratelimit,
  file_c1_connector_v2_annotation_raw_id,
  file_c1_connector_v2_annotation_request,
  file_c1_connector_v2_annotation_resource_deleted,
  file_c1_connector_v2_annotation_resource,
  file_c1_connector_v2_annotation_resource_tree,
  file_c1_connector_v2_annotation_security_insight,
  file_c1_connector_v2_annotation_source_cache,
  file_c1_connector_v2_annotation_trait,
  file_c1_connector_v2_annotation_type_scoped_entitlements,
  file_c1_connector_v2_annotation_type_scoped_grants,
  file_c1_connector_v2_annotation_v1_identifier,
  file_c1_connector_v2_asset,
  file_c1_connector_v2_connector,
  file_c1_connector_v2_entitlement,
  file_c1_connector_v2_event_feed,
  file_c1_connector_v2_grant,
  file_c1_connector_v2_resource,
  file_c1_connector_v2_ticket,
  file_c1_connectorapi_baton_v1_baton,
  file_c1_ratelimit_v1_ratelimit,
  file_google_rpc_error_details,
  file_google_rpc_status,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
);

const strangers = new Map<string, DescMessage | undefined>();

/**
 * The same, for printing what others wrote: a message of a type that is not in the contract counts as one without
 * fields, so that its type is printed and the rest around it.
 */
export const lenientRegistry: Registry = {
  ...registry,
  [Symbol.iterator]: () => registry[Symbol.iterator](),
  getMessage: (typeName) => registry.getMessage(typeName) ?? stranger(typeName),
};

function stranger(typeName: string): DescMessage | undefined {
  if (!strangers.has(typeName)) strangers.set(typeName, withoutFields(typeName));
  return strangers.get(typeName);
}

function withoutFields(typeName: string): DescMessage | undefined {
  const dot = typeName.lastIndexOf(".");
  const file = create(FileDescriptorProtoSchema, {
    name: `${typeName}.proto`,
    package: typeName.slice(0, Math.max(dot, 0)),
    syntax: "proto3",
    messageType: [{ name: typeName.slice(dot + 1) }],
  });
  return createFileRegistry(file, () => undefined).getMessage(typeName);
}
