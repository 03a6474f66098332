import type { BindingMember, JsonObject, LabelledRecord, RoleRow, RoleTargets, SetResource } from "../types.ts";
import { type GovernedRolesForm, governedRoleRecords } from "./governed.ts";

/** Custom roles, resource sets, what binds them together, and how far roles reach; who holds a role stands on the holder. */
export class AdminStore {
  readonly customRoles: LabelledRecord[] = [];
  /** How the list of custom roles shows the governed ones. */
  governedRoles: GovernedRolesForm = "unlisted";
  readonly resourceSets: LabelledRecord[] = [];
  /** Set id, then role id, then members. */
  readonly bindings = new Map<string, Map<string, BindingMember[]>>();
  /** By id of the role assignment; an assignment without targets reaches everything. */
  readonly roleTargets = new Map<string, RoleTargets>();
  /** By id of the custom role. */
  readonly permissions = new Map<string, readonly JsonObject[]>();
  /** By id of the resource set. */
  readonly setResources = new Map<string, readonly SetResource[]>();
  /** Admin roles of OAuth apps by client id. */
  readonly clientRoles = new Map<string, readonly RoleRow[]>();

  /** The custom roles, and the governed ones where they are listed. */
  get listedRoles(): readonly LabelledRecord[] {
    const governed = governedRoleRecords(this.governedRoles);
    return governed.length === 0 ? this.customRoles : [...this.customRoles, ...governed];
  }

  customRole(idOrLabel: string): LabelledRecord | undefined {
    return this.listedRoles.find((role) => role.id === idOrLabel || role.label === idOrLabel);
  }

  resourceSet(idOrLabel: string): LabelledRecord | undefined {
    return this.resourceSets.find((set) => set.id === idOrLabel || set.label === idOrLabel);
  }

  /** The members of a binding; `undefined` where the role is not bound to the set. */
  binding(setId: string, roleId: string): BindingMember[] | undefined {
    return this.bindings.get(setId)?.get(roleId);
  }

  /** Binds a role to a set, without members yet. */
  addBinding(setId: string, roleId: string): BindingMember[] {
    const members: BindingMember[] = [];
    let roles = this.bindings.get(setId);
    if (roles === undefined) {
      roles = new Map();
      this.bindings.set(setId, roles);
    }
    roles.set(roleId, members);
    return members;
  }

  removeBinding(setId: string, roleId: string): void {
    this.bindings.get(setId)?.delete(roleId);
  }
}
