import type { Evidence } from "../../baton/model/evidence.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import { profileText, profileTexts } from "./facts.ts";

/** How far an assignment of a role reaches over one kind of object. */
export interface Reach {
  readonly kind: "everything" | "targets" | "unknown";
  readonly groups: ReadonlySet<string>;
  readonly apps: ReadonlySet<string>;
  readonly appNames: ReadonlySet<string>;
}

const found = new WeakMap<Evidence, ReadonlyMap<string, readonly Reach[]>>();

/** How far the assignments of a standard role to a holder reach; empty where none was read. */
export function reachOf(evidence: Evidence, holder: ResourceKey, role: string): readonly Reach[] {
  const all = found.get(evidence) ?? readReach(evidence);
  found.set(evidence, all);
  return all.get(keyOf(holder.type, holder.id, role)) ?? [];
}

function readReach(evidence: Evidence): ReadonlyMap<string, readonly Reach[]> {
  const all = new Map<string, Reach[]>();
  for (const { resource } of evidence.resources("role-assignment")) {
    const text = (name: string) => profileText(resource, name);
    const list = (name: string) => new Set(profileTexts(resource, name));
    const key = keyOf(text("principal_type"), text("principal_id"), text("role_type"));
    const kind = text("reach");
    const reach: Reach = {
      kind: kind === "everything" || kind === "targets" ? kind : "unknown",
      groups: list("target_group_ids"),
      apps: list("target_app_ids"),
      appNames: list("target_app_names"),
    };
    all.set(key, [...(all.get(key) ?? []), reach]);
  }
  return all;
}

function keyOf(type: string, id: string, role: string): string {
  return `${type}:${id} ${role}`;
}

/** Whether some assignments reach what `within` tests for; `undefined` where that is not known. */
export function reaches(all: readonly Reach[], within: (reach: Reach) => boolean): boolean | undefined {
  if (all.some((one) => one.kind === "everything" || (one.kind === "targets" && within(one)))) return true;
  return all.length === 0 || all.some(({ kind }) => kind === "unknown") ? undefined : false;
}
