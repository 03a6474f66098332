import { create } from "@bufbuild/protobuf";
import type { Change } from "../../baton/connector.ts";
import { pack } from "../../baton/model/annotations.ts";
import { RawIdSchema } from "../../gen/c1/connector/v2/annotation_raw_id_pb.ts";
import { AppTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import { V1IdentifierSchema } from "../../gen/c1/connector/v2/annotation_v1_identifier_pb.ts";
import { ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.ts";
import { changing } from "../resource/access.ts";
import { grantedOf } from "../resource/entitlement.ts";
import { rawId } from "../resource/raw-id.ts";
import type { Source } from "../resource/source.ts";
import { appType, groupType, userType } from "../resource/types.ts";
import { assignGroup, unassignGroup } from "./groups.ts";
import { assignUser, unassignUser } from "./users.ts";

/** Assignment of apps to users and to groups. */
export function appAccess(source: Source) {
  return changing({
    type: appType,
    slug: "access",
    takes: [userType, groupType],
    async grant(app, principal, call) {
      rawId("app", app);
      const assign = principal.type === groupType.id ? assignGroup : assignUser;
      return held(app, principal, await assign(source, app, principal.id, call));
    },
    async revoke(app, principal, call) {
      rawId("app", app);
      const unassign = principal.type === groupType.id ? unassignGroup : unassignUser;
      return { grants: [], already: await unassign(source, app, principal.id, call) };
    },
  });
}

/** The grant. Nothing but the app's id is known of it: its name would cost another call. */
function held(app: string, principal: { readonly type: string; readonly id: string }, already: boolean): Change {
  const annotations = [pack(AppTraitSchema, {}), pack(V1IdentifierSchema, { id: app }), pack(RawIdSchema, { id: app })];
  const resource = create(ResourceSchema, { id: { resourceType: appType.id, resource: app }, annotations });
  const granted = grantedOf(resource, "access");
  return { grants: [{ granted, principalType: principal.type, principalId: principal.id }], already };
}
