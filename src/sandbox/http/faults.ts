import { createHash } from "node:crypto";
import type { ApiResponse } from "./route.ts";

/**
 * What can go wrong with a call: an error answer, a connection that breaks before the answer (`reset`) or in the middle
 * of its body (`cut`), an answer that never comes (`hang`).
 */
export type FaultKind = "500" | "503" | "429" | "reset" | "cut" | "hang";

/** All kinds of faults. */
export const FAULT_KINDS: readonly FaultKind[] = ["500", "503", "429", "reset", "cut", "hang"];

/** A fault for one call. */
export interface Fault {
  readonly kind: FaultKind;
  /** The call takes effect all the same, only its answer is lost. Default: only for `cut`, whose answer is under way. */
  readonly applied?: boolean;
}

/** Which calls fail, and how. */
export interface FaultPlan {
  /** The share of calls that fail, from 0 to 1. */
  readonly rate: number;
  /** The same seed fails the same calls. Default: 1. */
  readonly seed?: number;
  /** Default: all kinds. */
  readonly kinds?: readonly FaultKind[];
  /** Default: `GET` only, since what only reads can safely be tried again. */
  readonly methods?: readonly string[];
  /** URL patterns that may fail, as `/api/v1/groups/{groupId}/users`. Default: all. */
  readonly patterns?: readonly string[];
}

/** What an interceptor answers a call with: a fault, or an answer of its own. */
export type Interception = FaultKind | Fault | ApiResponse;

/**
 * Decides by plan which calls fail. The fate of a call depends on the seed, the call's method and URL and how often that
 * was asked for, not on the order in which different calls arrive: concurrency changes nothing.
 */
export class Faults {
  readonly #plan: FaultPlan;
  readonly #kinds: readonly FaultKind[];
  readonly #methods: ReadonlySet<string>;
  readonly #patterns: ReadonlySet<string> | undefined;
  readonly #asked = new Map<string, number>();

  constructor(plan: FaultPlan) {
    this.#plan = plan;
    this.#kinds = plan.kinds ?? FAULT_KINDS;
    this.#methods = new Set(plan.methods ?? ["GET"]);
    this.#patterns = plan.patterns === undefined ? undefined : new Set(plan.patterns);
  }

  /** The fault of this call, if any. `url` is the path with the query. */
  next(method: string, pattern: string | undefined, url: string): Fault | undefined {
    if (this.#plan.rate <= 0 || this.#kinds.length === 0 || !this.#methods.has(method)) {
      return undefined;
    }
    if (this.#patterns !== undefined && !(pattern !== undefined && this.#patterns.has(pattern))) {
      return undefined;
    }
    const call = `${method} ${url}`;
    const asked = this.#asked.get(call) ?? 0;
    this.#asked.set(call, asked + 1);
    const digest = createHash("sha256")
      .update(`${this.#plan.seed ?? 1} ${asked} ${call}`)
      .digest();
    if (digest.readUInt32BE(0) / 2 ** 32 >= this.#plan.rate) {
      return undefined;
    }
    return { kind: this.#kinds[digest.readUInt32BE(4) % this.#kinds.length]! };
  }
}
