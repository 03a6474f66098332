import type { ResourceKey } from "../model/ids.ts";

/** Which grants are wanted; what is absent does not narrow. */
export interface GrantFilter {
  readonly entitlementId?: string;
  readonly principal?: ResourceKey;
  /** Where `principal` is not given: the type of the principals. */
  readonly principalType?: string;
  readonly resource?: ResourceKey;
  /** Where `resource` is not given: the type of the resources. */
  readonly resourceType?: string;
}

/** The columns of `v1_grants` that a filter is about, with what each is to hold; `undefined`: anything. */
export function grantColumns(filter: GrantFilter): Record<string, string | undefined> {
  return {
    entitlement_id: filter.entitlementId,
    principal_resource_type_id: filter.principal?.type ?? filter.principalType,
    principal_resource_id: filter.principal?.id,
    resource_type_id: filter.resource?.type ?? filter.resourceType,
    resource_id: filter.resource?.id,
  };
}

/** Whether principals are named so that few rows are left, which may then be sorted. */
export function namesPrincipals(where: Record<string, string | undefined>): boolean {
  const { principal_resource_type_id: type, principal_resource_id: id, entitlement_id: entitlement } = where;
  return type !== undefined && (id !== undefined || entitlement !== undefined);
}
