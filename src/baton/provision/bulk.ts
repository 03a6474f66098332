import pLimit from "p-limit";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Change } from "../connector.ts";
import { entitlementId, type ResourceKey, resourceKey } from "../model/ids.ts";
import { checkKey, type EntitlementKey, entitlementOf } from "./keys.ts";

/** One line of a bulk change, understood. */
export interface BulkChange {
  readonly entitlement: EntitlementKey;
  readonly principal: ResourceKey;
}

/** How one line ended. */
export interface BulkOutcome {
  /** Its number in the input, from 1. */
  readonly line: number;
  /**
   * `done`: changed; `already`: was so; `skipped`: an earlier run did it; `duplicate`: another line says the same;
   * `failed`; `stopped`: not begun, or cut short, as the run was told to end.
   */
  readonly result: "done" | "already" | "skipped" | "duplicate" | "failed" | "stopped" | "planned";
  /** What the line says, where it could be read: the same in every run. */
  readonly key?: string;
  readonly entitlement?: string;
  readonly principal?: ResourceKey;
  readonly error?: unknown;
}

/** How many lines ended how. */
export type BulkSummary = Record<BulkOutcome["result"], number>;

/** What a bulk change is run with. */
export interface BulkOptions {
  /** Does one change. */
  readonly change: (change: BulkChange, line: number) => Promise<Change>;
  /** Keys (see {@link BulkOutcome}) that an earlier run has done. */
  readonly done: ReadonlySet<string>;
  /** The type of principals whose line does not say; `user` where it is absent. */
  readonly principalType?: string;
  /** How many run at once. */
  readonly concurrency: number;
  /** Begin no more lines; what runs is finished. */
  readonly stop: AbortSignal;
  /** Nothing is changed: what is new counts as planned. */
  readonly dryRun?: boolean;
  /** Called with each line as it ends. */
  readonly onOutcome: (outcome: BulkOutcome) => void;
}

/** Lines of input that wait their turn: reading goes on only while there are fewer. */
const MAX_QUEUED_LINES = 4;

/**
 * Makes many changes: one JSON object a line, `{"entitlement", "principal", "principalType"}`. Empty lines count but say
 * nothing. A line that cannot be read fails, and the others go on. Told to stop, it reads no further.
 */
export async function bulk(lines: AsyncIterable<string>, options: BulkOptions): Promise<BulkSummary> {
  const { done, concurrency, stop, onOutcome } = options;
  const summary: BulkSummary = { done: 0, already: 0, skipped: 0, duplicate: 0, failed: 0, stopped: 0, planned: 0 };
  const seen = new Set<string>();
  const limit = pLimit(concurrency);
  const running = new Set<Promise<void>>();
  const end = (outcome: BulkOutcome) => {
    summary[outcome.result] += 1;
    onOutcome(outcome);
  };

  let number = 0;
  for await (const read of lines) {
    if (stop.aborted) break;
    number += 1;
    // Some programs begin a file with a byte order mark, which is no part of its first line.
    const text = number === 1 ? read.replace(/^\uFEFF/, "") : read;
    const line = number;
    if (text.trim() === "") continue;
    let change: BulkChange;
    try {
      change = readLine(text, options.principalType);
    } catch (error) {
      end({ line, result: "failed", error });
      continue;
    }
    const { entitlement, principal } = change;
    const id = entitlementId(entitlement.resource.type, entitlement.resource.id, entitlement.slug);
    const named = { line, key: `${id} ${resourceKey(principal.type, principal.id)}`, entitlement: id, principal };
    if (seen.has(named.key)) {
      end({ ...named, result: "duplicate" });
      continue;
    }
    seen.add(named.key);
    if (done.has(named.key)) {
      end({ ...named, result: "skipped" });
      continue;
    }
    const run = limit(async () => {
      if (stop.aborted) return end({ ...named, result: "stopped" });
      try {
        const { already } = await options.change(change, line);
        end({ ...named, result: already ? "already" : options.dryRun ? "planned" : "done" });
      } catch (error) {
        end({ ...named, result: isFailure(error, "cancelled") ? "stopped" : "failed", error });
      }
    }).finally(() => running.delete(run));
    running.add(run);
    while (running.size >= concurrency + MAX_QUEUED_LINES) await Promise.race(running);
  }
  await Promise.all(running);
  return summary;
}

/** Reads one line. Throws `invalidArgument` for what it does not say, or says in a wrong way. */
export function readLine(text: string, principalType = "user"): BulkChange {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed("the line is no JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed("the line is no JSON object");
  const fields = value as Record<string, unknown>;
  const unknown = Object.keys(fields).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw malformed(`${JSON.stringify(unknown)} is none of ${NAMES.join(", ")}`);
  const words = (name: string, fallback?: string) => {
    const given = fields[name] ?? fallback;
    if (typeof given === "string" && given !== "") return given;
    throw malformed(given === undefined ? `${name} is missing` : `${name} is no text, or empty`);
  };
  const entitlement = entitlementOf(words("entitlement"));
  const principal = { id: words("principal"), type: words("principalType", principalType) };
  checkKey(principal, "the principal");
  return { entitlement, principal };
}

function malformed(message: string, cause?: unknown): Failure {
  const advice = 'write {"entitlement": "group:00g1:member", "principal": "00u1", "principalType": "user"}';
  return new Failure({ kind: "invalidArgument", message, advice, cause });
}

const NAMES = ["entitlement", "principal", "principalType"];
