import type { Kind, ResourceTypeInfo } from "../../api/contract.ts";

const LISTS: Readonly<Record<string, readonly Kind[]>> = {
  people: ["person"],
  groups: ["group"],
  apps: ["app"],
  roles: ["role"],
  everything: ["person", "group", "app", "role", "secret", "other"],
};

/** The resource types that a list shows; `undefined` where it is no list of types. */
export function typesOf(list: string, types: readonly ResourceTypeInfo[]): readonly ResourceTypeInfo[] | undefined {
  const kinds = LISTS[list];
  return kinds && types.filter(({ kind }) => kinds.includes(kind));
}
