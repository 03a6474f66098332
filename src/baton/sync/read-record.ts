import { type ResourceKey, resourceKey } from "../model/ids.ts";
import { laneKey, type Plan } from "./plan.ts";

/**
 * What a partial sync has read, kept as its `sync_token`: without it nobody who folds it into another sync could tell
 * what was taken away since from what was not looked at.
 */
export interface ReadRecord {
  /** Whether all of it could be read, and what belongs to it is known. */
  readonly whole: boolean;
  /** Keys of the resources that were read whole, as `group:00g1`: what is not in the sync is not there. */
  readonly read: readonly string[];
  /** Keys of the resources that are not there any more. */
  readonly gone: readonly string[];
  /** Whether their entitlements and their grants were read as well. */
  readonly entitlements: boolean;
  readonly grants: boolean;
  /** Resource types, by the type of the principal with which grants of theirs are read, in place of with the resource. */
  readonly held: Readonly<Record<string, readonly string[]>>;
}

const VERSION = 1;

/** The record of a partial sync as text. `missing`: some of it could not be read, so that nothing counts as whole. */
export function recordText(
  plan: Plan,
  { skipped, vanished, missing }: { skipped: readonly ResourceKey[]; vanished: ReadonlySet<string>; missing: boolean },
): string {
  const lanes = new Set(plan.lanes.map(({ key }) => key));
  const singly = plan.named.filter(({ type }) => lanes.has(laneKey("get", type)));
  const absent = new Set([...skipped.map(({ type, id }) => resourceKey(type, id)), ...vanished]);
  const keys = singly.map(({ type, id }) => resourceKey(type, id));
  const whole = !missing && plan.heldTypes !== undefined;
  const record: ReadRecord = {
    whole,
    read: whole ? keys.filter((key) => !absent.has(key)) : [],
    gone: keys.filter((key) => absent.has(key)),
    entitlements: plan.entitlements,
    grants: plan.grants,
    held: plan.heldTypes ?? {},
  };
  return JSON.stringify({ readRecord: VERSION, ...record });
}

/** Reads a record; `undefined` for the token of another writer, or none. */
export function parseRecord(token: string): ReadRecord | undefined {
  let found: unknown;
  try {
    found = JSON.parse(token);
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null) return undefined;
  const { readRecord, whole, read, gone, entitlements, grants, held } = found as Record<string, unknown>;
  if (readRecord !== VERSION || !areTexts(read) || !areTexts(gone) || typeof held !== "object" || held === null) {
    return undefined;
  }
  const types = Object.entries(held).filter((entry): entry is [string, string[]] => areTexts(entry[1]));
  return {
    whole: whole === true,
    read,
    gone,
    entitlements: entitlements === true,
    grants: grants === true,
    held: Object.fromEntries(types),
  };
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
