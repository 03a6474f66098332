import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";

/** The type of a role's assignments, which say how far it reaches and since when it is held. */
const ASSIGNMENT = "role-assignment";

/** What a snapshot that holds assignments of admin roles says of them. Nothing is known where it holds none. */
export class RoleAssignments {
  readonly #since = new Map<string, string>();
  readonly #byTarget = new Map<string, ResourceKey[]>();

  constructor(content: SyncContent) {
    for (const { message } of content.resources(ASSIGNMENT)) {
      const { profile = {}, createdAt } = message;
      const principal = { type: text(profile.principal_type), id: text(profile.principal_id) };
      const role = profile.role_id ? `custom-role:${text(profile.role_id)}` : `role:${text(profile.role_type)}`;
      if (createdAt !== undefined) {
        const since = timestampDate(createdAt).toISOString();
        const key = keyOf(`${role}:assigned`, principal);
        // Of a role for several sets of resources: since the first of them.
        const known = this.#since.get(key);
        if (known === undefined || since < known) this.#since.set(key, since);
        this.#since.set(
          keyOf(`resourceset-binding:${text(profile.resource_set_id)}:${text(profile.role_id)}:member`, principal),
          since,
        );
      }
      const apps = Array.isArray(profile.target_app_ids) ? profile.target_app_ids.map(text) : [];
      for (const app of apps) {
        const key = resourceKey("app", app);
        const known = this.#byTarget.get(key);
        if (known === undefined) this.#byTarget.set(key, [principal]);
        else known.push(principal);
      }
    }
  }

  /** Since when somebody holds a role by an assignment of their own, RFC 3339; `undefined` where it is not known. */
  since(entitlement: string, principal: ResourceKey): string | undefined {
    return this.#since.get(keyOf(entitlement, principal));
  }

  /** Those whose admin role is for this resource and a few others only. */
  limitedTo(key: string): readonly ResourceKey[] {
    return this.#byTarget.get(key) ?? [];
  }
}

function keyOf(entitlement: string, { type, id }: ResourceKey): string {
  return `${entitlement} ${resourceKey(type, id)}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
