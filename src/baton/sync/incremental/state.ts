import { createHash } from "node:crypto";
import type { Cursor, Json, Since } from "../../connector.ts";
import { STATE_FORM } from "../../snapshot/missing.ts";
import { canonical } from "../work/file.ts";

/** Changes with whatever makes rows that an older version copied differ from those that a full sync would write. */
const GENERATION = 1;

/** What must be equal for rows to be carried over. */
export interface Carrier {
  /** A digest of all that decides what a sync holds. */
  readonly binding: string;
  /** What of that has a name of its own where it differs: a digest of the org, and the program's generation. */
  readonly org?: string;
  readonly generation?: number;
  /** Whose access it is ({@link Connector.identity}). */
  readonly identity?: string;
}

/** What a finished full sync leaves for the next one, in its entry's `sync_token`. */
export interface State extends Carrier {
  readonly since: Since["parts"];
  /** The other side's time when it began, in milliseconds since the Unix epoch, where it is known. */
  readonly at?: number;
  /** When the last sync that read everything began, by this machine's clock. */
  readonly fullAt: number;
  /** How many syncs have read only what changed since. */
  readonly runs: number;
  /** Whether nothing contradicted anything in it. */
  readonly whole: boolean;
  /** What readings showed where the rows do not say: type, id, number of the reading, total, and its root if unusual. */
  readonly shown: readonly (readonly [string, string, number, number, string?])[];
  /** Readings that something was missing from, which are read again each time: type, id (`""`: the list), root. */
  readonly unsure: readonly (readonly [string, string, string])[];
  /** Resources that only their grants showed: their external ids. */
  readonly found: readonly string[];
  /** What was refused ({@link Refusal.what}), each once. */
  readonly refused?: readonly string[];
}

/** Names what decides what a sync holds, whatever version of the program made it. */
export function carrierOf({
  binding,
  identity,
}: {
  readonly binding: string;
  readonly identity: string | undefined;
}): Carrier {
  const { binding: given, ...rest } = JSON.parse(binding) as Record<string, Json>;
  const isObject = given !== null && typeof given === "object" && !Array.isArray(given);
  const { version: _, ...settings } = isObject ? (given as Record<string, Json>) : { version: "", given };
  return {
    binding: digest({ ...rest, settings, generation: GENERATION } as Json),
    org: digest((settings as Record<string, Json>).org ?? null),
    generation: GENERATION,
    ...(identity !== undefined && { identity }),
  };
}

function digest(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("base64url");
}

/** Writes a state as the text that a sync's entry keeps. */
export function writeState(state: State): string {
  return STATE_FORM + JSON.stringify(state);
}

/** Reads it; `undefined` where the text is none of this program's. */
export function readState(text: unknown): State | undefined {
  if (typeof text !== "string" || !text.startsWith(STATE_FORM)) return undefined;
  try {
    const state = JSON.parse(text.slice(STATE_FORM.length)) as State;
    const lists = [state.shown, state.unsure, state.found];
    const isWhole =
      typeof state.binding === "string" &&
      typeof state.fullAt === "number" &&
      typeof state.runs === "number" &&
      typeof state.since === "object" &&
      state.since !== null &&
      lists.every(Array.isArray);
    return isWhole ? state : undefined;
  } catch {
    return undefined;
  }
}

/** How often everything is read: after so many milliseconds, or so many syncs. */
export type FullEvery = { readonly ms: number } | { readonly runs: number };

/** A day. */
export const DEFAULT_FULL_EVERY: FullEvery = { ms: 24 * 60 * 60 * 1000 };

/** Why everything is to be read though there is a state; `undefined` where what changed is enough. */
export function whyFull(state: State, carrier: Carrier, every: FullEvery, now: number): string | undefined {
  const other = whatDiffers(state, carrier);
  if (other !== undefined) return `the last sync was ${other}`;
  if (!state.whole) return "the last sync was incomplete";
  if (Object.keys(state.since).length === 0) return "the last sync does not say from where on changes are told";
  if ("runs" in every && state.runs >= every.runs - 1) return `everything is read again every ${every.runs} syncs`;
  if ("ms" in every && !(now - state.fullAt < every.ms)) return "it is time to read everything again (--full-every)";
  return undefined;
}

function whatDiffers(state: State, carrier: Carrier): string | undefined {
  if (state.binding !== carrier.binding) {
    if (state.generation === undefined) return "of another org, with other settings, or by another generation";
    if (state.generation !== carrier.generation) return "made by a version of the program that stores something else";
    return state.org === carrier.org ? "made with other settings" : "of another org";
  }
  if (state.identity === carrier.identity) return undefined;
  return "made with other credentials, whose permissions may be others";
}

/** The cursor of a part of the place from which changes are read. */
export type PartCursor = { readonly part: string; readonly at: Cursor };
