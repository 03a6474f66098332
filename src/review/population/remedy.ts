import type { AccessGraph } from "../../baton/access/graph.ts";
import type { Held, Path } from "../../baton/access/held.ts";
import type { Names } from "../../baton/access/names.ts";
import { find } from "../../baton/model/annotations.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import { EntitlementImmutableSchema } from "../../gen/c1/connector/v2/annotation_entitlement_pb.ts";
import { GroupTraitSchema } from "../../gen/c1/connector/v2/annotation_trait_pb.ts";
import type { Item } from "./item.ts";
import type { HeldBySecret } from "./secrets.ts";

/** The slug of membership, and the source of groups whose members are decided on elsewhere, as the contract names it. */
const MEMBER = "member";
const IMPORTED = "app_imported";

/** Says what a revocation would do, and where something else has to change: what, and who keeps it otherwise. */
export class Remedies {
  readonly #graph: AccessGraph;
  readonly #names: Names;
  readonly #sizes = new Map<string, number>();
  readonly #elsewhere = new Map<string, string>();

  constructor(graph: AccessGraph, names: Names) {
    this.#graph = graph;
    this.#names = names;
  }

  of(held: Held | HeldBySecret): Item["remedy"] {
    if ("owner" in held) {
      const { principal } = held.owner;
      return {
        how: "manual",
        what: `revoke ${this.#names.label(held.principal)} (${held.principal.id}), or take it from its owner, ${this.#names.of(principal).name || principal.id}`,
      };
    }
    const elsewhere = this.#decidedElsewhere(held);
    if (elsewhere !== undefined) return { how: "manual", what: elsewhere };
    const groups = held.paths.filter(({ kind }) => kind === "group");
    const rules = held.paths.filter(({ kind }) => kind === "rule");
    if (rules.length > 0) {
      const names = rules.map(({ via }) => this.#names.label(via[0]!)).join(" and ");
      return {
        how: "manual",
        what: `${names} may put them there again: change or exclude them from the rule, then take them out of ${this.#names.label(held.resource)}`,
      };
    }
    if (held.direct === false) return { how: "manual", what: this.#throughGroups(groups) };
    if (groups.length === 0)
      return {
        how: "revoke",
        what:
          held.direct === null
            ? "taken away where it is held directly; whether it is, is not known"
            : this.#losing(held),
      };
    const rest = groups.map((path) => this.#wayOf(path)).join(" and ");
    return { how: "revoke", what: `the direct assignment goes; it is kept through ${rest} until that changes too` };
  }

  /** Of the members of a group that the other side does not let anybody change: who decides. */
  #decidedElsewhere({ resource, entitlement }: Held): string | undefined {
    if (entitlement !== `${resourceKey(resource.type, resource.id)}:${MEMBER}`) return undefined;
    const key = resourceKey(resource.type, resource.id);
    let known = this.#elsewhere.get(key);
    if (known === undefined) {
      const { annotations = [] } = this.#graph.content.findResource(resource.type, resource.id)?.message ?? {};
      const label = this.#names.label(resource);
      known =
        find(annotations, EntitlementImmutableSchema) !== undefined
          ? `who is in ${label} is decided by Okta itself: it goes with the account`
          : find(annotations, GroupTraitSchema)?.groupSourceType === IMPORTED
            ? `${label} comes from an app or a directory, which decides who is in it: take them out there`
            : "";
      this.#elsewhere.set(key, known);
    }
    return known || undefined;
  }

  /** Who else loses it where a group holds it. */
  #losing({ principal }: Held): string {
    const size = this.#sizeOf(principal);
    if (size === 0) return "";
    return `${size === 1 ? "its 1 member loses" : `its ${size} members lose`} it too, who do not have it otherwise`;
  }

  #throughGroups(groups: readonly Path[]): string {
    const [first] = groups;
    if (first === undefined) return "held through a group that is not known: look in Okta";
    const parts = groups.map((path) => {
      const group = path.via.at(-1)!;
      const others = Math.max(0, this.#sizeOf(group) - 1);
      return `take them out of ${this.#wayOf(path)}, or the access from that group (its ${others} other ${others === 1 ? "member" : "members"} would lose it as well)`;
    });
    if (parts.length === 1) return parts[0]!;
    return `all of these have to change, as each group alone keeps it: ${parts.join("; ")}`;
  }

  #wayOf({ via }: Path): string {
    return via.map((key) => `${this.#names.label(key)} (${resourceKey(key.type, key.id)})`).join(", in ");
  }

  #sizeOf(group: ResourceKey): number {
    const key = resourceKey(group.type, group.id);
    let size = this.#sizes.get(key);
    if (size === undefined) {
      size = this.#graph.content.countGrants({ entitlementId: `${key}:member` });
      this.#sizes.set(key, size);
    }
    return size;
  }
}
