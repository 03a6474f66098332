import { create } from "@bufbuild/protobuf";
import { pack } from "../../baton/model/annotations.ts";
import { text } from "../../baton/model/values.ts";
import { EntitlementImmutableSchema } from "../../gen/c1/connector/v2/annotation_entitlement_pb.ts";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { GroupTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { type Resource, ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { groupType } from "../resource/types.ts";

const SOURCES: Readonly<Record<string, string>> = {
  BUILT_IN: "built_in",
  APP_GROUP: "app_imported",
  OKTA_GROUP: "native",
};

/** A group as a resource. */
export function groupResource(group: OktaGroup & { readonly id: string }): Resource {
  const id = text(group.id);
  const type = text(group.type);
  const name = text(group.profile?.name);
  const users = usersCount(group);
  const apps = appsCount(group);
  const annotations = [
    pack(GroupTraitSchema, { groupSourceType: SOURCES[type] ?? "", rawGroupSourceType: type }),
    pack(V1IdentifierSchema, { id }),
    pack(RawIdSchema, { id }),
  ];
  if (type === "BUILT_IN") annotations.push(pack(EntitlementImmutableSchema, {}));
  return create(ResourceSchema, {
    id: { resourceType: groupType.id, resource: id },
    displayName: name,
    annotations,
    profile: {
      name,
      description: text(group.profile?.description),
      type,
      ...(users !== undefined && { users_count: users }),
      ...(apps !== undefined && { apps_count: apps }),
    },
  });
}

/** How many members the stats say that a group has. */
export function usersCount(group: OktaGroup): number | undefined {
  return count(group._embedded?.stats?.usersCount);
}

/** How many apps the stats say that a group has. */
export function appsCount(group: OktaGroup): number | undefined {
  return count(group._embedded?.stats?.appsCount);
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}

/** Whether the stats say that the group holds an admin role; `undefined` where they do not say: it may. */
export function holdsRole(group: OktaGroup): boolean | undefined {
  const { hasAdminPrivilege, hasAdminPrivlege } = group._embedded?.stats ?? {};
  const flags = [hasAdminPrivilege, hasAdminPrivlege].filter((flag) => typeof flag === "boolean");
  return flags.length === 0 ? undefined : flags.includes(true);
}
