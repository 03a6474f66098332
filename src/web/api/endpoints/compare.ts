import type { Held } from "../../../baton/access/held.ts";
import { isAdministrative } from "../../../baton/access/reach.ts";
import { fold } from "../../catalog/fold.ts";
import type { NamesCatalog } from "../../catalog/names.ts";
import { PageError } from "../../page-error.ts";
import type { Compared, ComparedRow } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { ranked } from "../ranked.ts";
import { resourceRow } from "../shown.ts";
import { type Table, tableOfAll } from "../table.ts";
import { whyOf } from "../why.ts";
import { reached } from "./access.ts";

const ONLY = ["left", "right", "both", "different"] as const;

interface Pair {
  readonly held: Held;
  readonly left: Held | undefined;
  readonly right: Held | undefined;
}

/** `GET /api/compare`: two people (or others) side by side. */
export const compare: Endpoint = async ({ question, view }) => {
  const [names, access] = [await view.names.value(), await view.access.value()];
  const [left, right] = (["left", "right"] as const).map((side) => {
    const key = question.key(side);
    const listed = access.find(key);
    if (listed === undefined) throw new PageError("notFound", `there is no ${key.type} ${key.id} in this sync`);
    return { key, row: resourceRow(listed, names) };
  }) as [
    { key: ReturnType<typeof question.key>; row: Compared["left"] },
    { key: ReturnType<typeof question.key>; row: Compared["left"] },
  ];
  const pairs = pairsOf(reached(view, left.key, names), reached(view, right.key, names), names);
  const count = (which: (pair: Pair) => boolean) => pairs.filter(which).length;
  const counts = {
    left: count((pair) => pair.right === undefined),
    right: count((pair) => pair.left === undefined),
    both: count((pair) => pair.left !== undefined && pair.right !== undefined),
  };
  const only = question.oneOf("only", ONLY);
  const words = fold(question.q())
    .split(" ")
    .filter((word) => word !== "");
  const wanted = pairs.filter((pair) => {
    if (only !== undefined && !isIn(pair, only)) return false;
    if (words.length === 0) return true;
    const text = fold(`${names.find(pair.held.resource)?.name ?? ""} ${names.entitlementName(pair.held.entitlement)}`);
    return words.every((word) => text.includes(word));
  });
  const table = tableOfAll(wanted, {});
  const shown: Table<ComparedRow> = {
    ...table,
    read(from, limit) {
      const { rows, next } = table.read(from, limit);
      return {
        rows: rows.map((pair) => ({
          entitlement: pair.held.entitlement,
          entitlementName: names.entitlementName(pair.held.entitlement),
          resource: names.thing(pair.held.resource),
          privileged: isAdministrative(pair.held.resource.type),
          left: pair.left === undefined ? null : whyOf(pair.left, view, names),
          right: pair.right === undefined ? null : whyOf(pair.right, view, names),
        })),
        next,
      };
    },
    columns: {
      resource_type: ({ resource }) => resource.type,
      resource: ({ resource }) => resource.id,
      resource_name: ({ resource }) => resource.name,
      entitlement: ({ entitlement }) => entitlement,
      entitlement_name: ({ entitlementName }) => entitlementName,
      privileged: ({ privileged }) => privileged,
      left: (row) => row.left !== null,
      right: (row) => row.right !== null,
      why_left: (row) => row.left?.why ?? "",
      why_right: (row) => row.right?.why ?? "",
    },
  };
  return { table: shown, name: "compared", more: { left: left.row, right: right.row, counts } };
};

function pairsOf(lefts: readonly Held[], rights: readonly Held[], names: NamesCatalog): Pair[] {
  const left = new Map(lefts.map((held) => [held.entitlement, held]));
  const right = new Map(rights.map((held) => [held.entitlement, held]));
  return ranked([...new Map([...left, ...right]).values()], names).map((held) => ({
    held,
    left: left.get(held.entitlement),
    right: right.get(held.entitlement),
  }));
}

function isIn({ left, right }: Pair, only: (typeof ONLY)[number]): boolean {
  const both = left !== undefined && right !== undefined;
  if (only === "both" || only === "different") return both === (only === "both");
  return !both && (only === "left" ? left !== undefined : right !== undefined);
}
