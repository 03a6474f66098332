import { resourceSetParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { LabelledRecord, SetResource } from "../types.ts";
import { removeBinding } from "./assignments.ts";

/** Adds a resource set that holds what is at these paths, as `groups/00g1` or `users`. */
export function createResourceSet(
  ...[org, label, description, paths]: [Org, string, string, readonly string[]]
): LabelledRecord {
  const now = org.now();
  const set = { id: org.newId("iam"), label, description, created: now, lastUpdated: now };
  org.resourceSets.push(set);
  org.log.record("iam.resourceset.create", [resourceSetParty(set)]);
  for (const path of paths) addResource(org, set, path);
  return set;
}

/** Changes a resource set's label or description. */
export function updateResourceSet(org: Org, set: LabelledRecord, changes: Partial<LabelledRecord>): LabelledRecord {
  const after = { ...set, ...changes, lastUpdated: org.now() };
  org.resourceSets[org.resourceSets.indexOf(set)] = after;
  org.log.record("iam.resourceset.update", [resourceSetParty(after)]);
  return after;
}

/** Deletes a resource set; roles that are bound to it are lost. */
export function deleteResourceSet(org: Org, set: LabelledRecord): void {
  for (const roleId of [...(org.bindings.get(set.id)?.keys() ?? [])]) {
    const role = org.customRole(roleId);
    if (role !== undefined) removeBinding(org, set, role);
  }
  org.bindings.delete(set.id);
  org.resourceSets.splice(org.resourceSets.indexOf(set), 1);
  org.setResources.delete(set.id);
  org.log.record("iam.resourceset.delete", [resourceSetParty(set)]);
}

/** What a resource set holds. */
export function resourcesOf(org: Org, set: LabelledRecord): readonly SetResource[] {
  return org.setResources.get(set.id) ?? [];
}

/** Adds what is at a path to a resource set; `undefined` where it is there already. */
export function addResource(org: Org, set: LabelledRecord, path: string): SetResource | undefined {
  const resources = resourcesOf(org, set);
  if (resources.some((one) => one.path === path)) return undefined;
  const now = org.now();
  const resource = { id: org.newId("ire"), path, created: now, lastUpdated: now };
  org.setResources.set(set.id, [...resources, resource]);
  org.log.record("iam.resourceset.resources.add", [resourceSetParty(set)]);
  return resource;
}

/** Takes a resource out of a set. */
export function removeResource(org: Org, set: LabelledRecord, resource: SetResource): void {
  org.setResources.set(
    set.id,
    resourcesOf(org, set).filter((one) => one !== resource),
  );
  org.log.record("iam.resourceset.resources.delete", [resourceSetParty(set)]);
}
