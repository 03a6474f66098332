import type { Held } from "../../baton/access/held.ts";
import { isAdministrative } from "../../baton/access/reach.ts";
import { whyText } from "../../baton/access/why.ts";
import type { NamesCatalog } from "../catalog/names.ts";
import type { SyncView } from "../picture/sync-view.ts";
import type { AccessRow, PathInfo, Why } from "./contract.ts";

/** Why something is held, for a row. */
export function whyOf(held: Pick<Held, "direct" | "paths">, view: SyncView, names: NamesCatalog): Why {
  const paths = held.paths.map(
    ({ kind, via, asserted }): PathInfo => ({
      kind,
      via: via.map((key) => names.thing(key)),
      knownBy: asserted ? "stated" : "deduced",
    }),
  );
  return { direct: held.direct, why: whyText(held, view.shown), paths };
}

/** Something that is held, as a row of who can reach what. */
export function accessRow(held: Held, view: SyncView, names: NamesCatalog): AccessRow {
  const entitlement = names.entitlement(held.entitlement);
  return {
    entitlement: held.entitlement,
    entitlementName: entitlement?.name || held.entitlement,
    resource: names.thing(held.resource),
    privileged: isAdministrative(held.resource.type),
    ...whyOf(held, view, names),
  };
}
