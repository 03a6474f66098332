import { create } from "@bufbuild/protobuf";
import { pack } from "../../baton/model/annotations.ts";
import { SkipEntitlementsAndGrantsSchema } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { ResourceTypeSchema, ResourceType_Trait as Trait } from "../../gen/c1/connector/v2/resource_pb.ts";

/** Users and groups, called as the API source calls them, so that a snapshot of either compares with one of the other. */
export const userType = create(ResourceTypeSchema, {
  id: "user",
  displayName: "User",
  traits: [Trait.USER],
  annotations: [pack(V1IdentifierSchema, { id: "user" }), pack(SkipEntitlementsAndGrantsSchema, {})],
});

export const groupType = create(ResourceTypeSchema, {
  id: "group",
  displayName: "Group",
  traits: [Trait.GROUP],
  annotations: [pack(V1IdentifierSchema, { id: "group" })],
});
