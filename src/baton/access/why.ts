import type { Json } from "../connector.ts";
import { resourceKey } from "../model/ids.ts";
import type { Held, Path } from "./held.ts";
import type { Names } from "./names.ts";

/** A way of holding something as JSON: ids and names of what it leads through, and whether it is stated or deduced. */
export function pathJson({ kind, via, asserted }: Path, names: Names): Json {
  return {
    kind,
    via: via.map(({ type, id }) => resourceKey(type, id)),
    via_names: via.map((key) => names.of(key).name),
    known_by: asserted ? "stated" : "deduced",
  };
}

/** Why something is held, in a line for people. */
export function whyText({ direct, paths }: Pick<Held, "direct" | "paths">, names: Names): string {
  const groups = paths.filter(({ kind }) => kind === "group").map(({ via }) => via.map((key) => names.label(key)));
  const through = groups.map((way) => way.join(", in ")).join("; ");
  const rules = paths.filter(({ kind }) => kind === "rule").map(({ via }) => names.of(via[0]!).name || via[0]!.id);
  const possibly = rules.length === 0 ? "" : `, possibly by rule ${rules.join(" or rule ")}`;
  if (direct === true) return `directly${possibly}${through === "" ? "" : `, and through ${through}`}`;
  if (direct === false) return through === "" ? "through a group that is not known" : `through ${through}`;
  return through === ""
    ? "directly or through a group: not known"
    : `through ${through}; whether directly too is not known`;
}
