import { Failure } from "../../runtime/failure.ts";
import type { AllGrants, Connector, Json, ResourceTypeSupport } from "../connector.ts";
import type { ResourceKey } from "../model/ids.ts";
import type { Selection, SyncOptions, SyncType } from "./options.ts";
import type { Operation } from "./progress.ts";
import { canonical } from "./work/file.ts";

/** One sort of reading, with a queue of its own, so that what waits for one limit never holds up another. */
export interface Lane {
  /** Names the lane in the durable queue. */
  readonly key: string;
  readonly name: string;
  readonly operation: Operation;
  /** The type that is read; of a shared reading the first one. */
  readonly support: ResourceTypeSupport;
  readonly all?: AllGrants;
}

/** What a sync is to do. */
export interface Plan {
  readonly syncType: SyncType;
  readonly types: readonly ResourceTypeSupport[];
  readonly supports: ReadonlyMap<string, ResourceTypeSupport>;
  /** The named resources of a targeted sync, each once; none in any other. */
  readonly named: readonly ResourceKey[];
  readonly entitlements: boolean;
  readonly grants: boolean;
  readonly expand: boolean;
  readonly lanes: readonly Lane[];
  /** What has changed since is read by a later sync, or is all that this one reads. */
  readonly tracks: boolean;
  /** As the connector says. */
  readonly rules: Connector["rules"];
  readonly heldTypes: Connector["heldTypes"];
  readonly identity: Connector["identity"];
  /** What must be equal for an interrupted sync to be gone on with. */
  readonly binding: string;
}

export function laneKey(operation: Operation, name: string): string {
  return `${operation} ${name}`;
}

/** Draws up what a sync is to do. Throws a {@link Failure} of kind `usage` for a resource type that is not there. */
export function makePlan(connector: Connector, options: SyncOptions): Plan {
  const { selection } = options;
  const types = selectTypes(connector.types, selection);
  const targeted = selection.resources !== undefined;
  const full = !targeted && !selection.skipEntitlementsAndGrants;
  const entitlements = !selection.skipEntitlementsAndGrants;
  const grants = entitlements && !selection.skipGrants;
  const tracks = full && grants && connector.changes !== undefined && types.length > 0;
  const named = [
    ...new Map((selection.resources ?? []).map((key) => [JSON.stringify([key.type, key.id]), key])).values(),
  ];
  return {
    syncType: targeted ? "partial" : full ? "full" : "resources_only",
    types,
    supports: new Map(types.map((support) => [support.type.id, support])),
    named,
    entitlements,
    grants,
    expand: full && grants && options.expand !== false,
    lanes: [...(tracks ? changeLanes(types) : []), ...makeLanes(types, targeted, entitlements, grants, full)],
    tracks,
    rules: connector.rules,
    heldTypes: connector.heldTypes,
    identity: connector.identity,
    binding: canonical({
      layout: 4,
      binding: options.binding,
      types: types.map(({ type }) => type.id),
      named: targeted ? named.map(({ type, id }): Json => [type, id]) : null,
      entitlements,
      grants,
      expand: options.expand !== false,
    }),
  };
}

/** Throws a {@link Failure} of kind `usage` where a resource type is named that the connector does not have. */
export function checkSelection(connector: Connector, selection: Selection): void {
  selectTypes(connector.types, selection);
}

function selectTypes(all: readonly ResourceTypeSupport[], selection: Selection): readonly ResourceTypeSupport[] {
  const wanted = selection.types;
  if (!wanted?.length) return all;
  const unknown = wanted.filter((name) => !all.some(({ type }) => type.id === name));
  if (unknown.length > 0) {
    throw new Failure({
      kind: "usage",
      message: `there is no resource type ${unknown.map((name) => `"${name}"`).join(", ")}, or it is switched off`,
      advice: `choose among ${all.map(({ type }) => type.id).join(", ")}`,
    });
  }
  return all.filter(({ type }) => wanted.includes(type.id));
}

/** What a sync that reads only what has changed has to do besides. */
function changeLanes(types: readonly ResourceTypeSupport[]): Lane[] {
  const lane = (operation: Operation, name: string, support: ResourceTypeSupport): Lane => {
    return { key: laneKey(operation, name), name, operation, support };
  };
  return [
    lane("changes", "", types[0]!),
    ...types.filter(({ get, getSome }) => get ?? getSome).map((support) => lane("get", support.type.id, support)),
    ...types.filter(({ grantsTo }) => grantsTo).map((support) => lane("one", support.type.id, support)),
  ];
}

function makeLanes(
  types: readonly ResourceTypeSupport[],
  targeted: boolean,
  entitlements: boolean,
  grants: boolean,
  full: boolean,
): Lane[] {
  const lanes: Lane[] = [];
  const add = (operation: Operation, name: string, support: ResourceTypeSupport, all?: AllGrants) => {
    lanes.push({ key: laneKey(operation, name), name, operation, support, ...(all ? { all } : {}) });
  };
  for (const support of types) {
    if (!targeted) add("list", support.type.id, support);
    else if (support.get) add("get", support.type.id, support);
  }
  for (const support of entitlements ? types : []) {
    if (support.listEntitlements) add("entitlements", support.type.id, support);
  }
  for (const support of full ? types : []) add("check", support.type.id, support);
  if (!grants) return lanes;
  const shared = new Set<AllGrants>();
  for (const support of types) {
    const all = targeted ? undefined : support.allGrants;
    if (all && !shared.has(all)) add("all grants", all.name, support, all);
    if (all) shared.add(all);
    else if (support.grants) add("grants", support.type.id, support);
    const asked = full && support.otherRoute?.principal;
    if (!all && asked && types.some(({ type }) => type.id === asked)) add("held", support.type.id, support);
  }
  return lanes;
}
