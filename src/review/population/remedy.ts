import type { AccessGraph } from "../../baton/access/graph.ts";
import type { Held, Path } from "../../baton/access/held.ts";
import type { Names } from "../../baton/access/names.ts";
import { type ResourceKey, resourceKey } from "../../baton/model/ids.ts";
import type { Item } from "./item.ts";

/** Says what a revocation would do, and where something else has to change: what, and who keeps it otherwise. */
export class Remedies {
  readonly #graph: AccessGraph;
  readonly #names: Names;
  readonly #sizes = new Map<string, number>();

  constructor(graph: AccessGraph, names: Names) {
    this.#graph = graph;
    this.#names = names;
  }

  of(held: Held): Item["remedy"] {
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
        what: held.direct === null ? "taken away where it is held directly; whether it is, is not known" : "",
      };
    const rest = groups.map((path) => this.#wayOf(path)).join(" and ");
    return { how: "revoke", what: `the direct assignment goes; it is kept through ${rest} until that changes too` };
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
