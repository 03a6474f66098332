import type { SyncContent } from "../../baton/snapshot/content.ts";
import { ResourceType_Trait as Trait } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Kind } from "../api/contract.ts";

/** What is known of a resource type. */
export interface TypeNames {
  readonly name: string;
  readonly kind: Kind;
}

const KINDS = new Map<number, Kind>([
  [Trait.USER, "person"],
  [Trait.GROUP, "group"],
  [Trait.ROLE, "role"],
  [Trait.APP, "app"],
  [Trait.SECRET, "secret"],
]);

/** The resource types of a sync by id. They are few, and read once. */
export function typesOf(content: SyncContent): ReadonlyMap<string, TypeNames> {
  const types = new Map<string, TypeNames>();
  for (const { id, message } of content.resourceTypes()) {
    const kind = message.traits.map((trait) => KINDS.get(trait)).find((known) => known !== undefined);
    types.set(id, { name: message.displayName || id, kind: kind ?? "other" });
  }
  return types;
}
