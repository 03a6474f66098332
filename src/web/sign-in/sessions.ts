import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../runtime/clock.ts";
import type { Role } from "../api/contract.ts";

/** Who is signed in. */
export interface Identity {
  /** As the provider names the person, and stays the same; `""` where nobody signs in. */
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
}

/** Somebody's session. */
export interface PageSession {
  readonly identity: Identity;
  /** What every request that changes something has to bring. */
  readonly csrf: string;
  /** What the provider needs to sign the person out there as well. */
  readonly idToken?: string;
}

/** How long sessions are good, and how many there may be. */
export interface SessionLimits {
  /** Since it began, in milliseconds. */
  readonly maxMs: number;
  /** Since it was last used, in milliseconds. */
  readonly idleMs: number;
  readonly max: number;
  /** Of one person. */
  readonly maxOfOne: number;
}

const HOUR_MS = 3_600_000;

export const SESSION_LIMITS: SessionLimits = { maxMs: 12 * HOUR_MS, idleMs: 2 * HOUR_MS, max: 2_000, maxOfOne: 10 };

interface Kept {
  readonly session: PageSession;
  readonly endsAt: number;
  usedAt: number;
}

/** Who is signed in, in memory: when the program ends, everybody is signed out. */
export class Sessions {
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  /** By the hash of the id, so that looking one up tells nothing of others; what was used last comes last. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, limits: SessionLimits = SESSION_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Begins a session, and answers the id that the cookie carries. The oldest gives way where there are too many. */
  begin(identity: Identity, idToken?: string): { readonly id: string; readonly session: PageSession } {
    const id = randomBytes(32).toString("base64url");
    const csrf = randomBytes(32).toString("base64url");
    const session: PageSession = { identity, csrf, ...(idToken !== undefined && { idToken }) };
    const now = this.#clock.now();
    this.#dropEnded(now);
    const own = [...this.#kept].filter(([, kept]) => kept.session.identity.subject === identity.subject);
    if (own.length >= this.#limits.maxOfOne) this.#kept.delete(own[0]![0]);
    if (this.#kept.size >= this.#limits.max) this.#kept.delete([...this.#kept.keys()][0]!);
    this.#kept.set(keyOf(id), { session, endsAt: now + this.#limits.maxMs, usedAt: now });
    return { id, session };
  }

  /** The session of an id; `undefined` where there is none, or none any more. */
  find(id: string): PageSession | undefined {
    const key = keyOf(id);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const now = this.#clock.now();
    this.#kept.delete(key);
    if (!this.#isGood(kept, now)) return undefined;
    kept.usedAt = now;
    this.#kept.set(key, kept);
    return kept.session;
  }

  end(id: string): void {
    this.#kept.delete(keyOf(id));
  }

  /** How long a session is good at most, in milliseconds. */
  get maxMs(): number {
    return this.#limits.maxMs;
  }

  #isGood({ endsAt, usedAt }: Kept, now: number): boolean {
    return now < endsAt && now < usedAt + this.#limits.idleMs;
  }

  #dropEnded(now: number): void {
    for (const [key, kept] of this.#kept) if (!this.#isGood(kept, now)) this.#kept.delete(key);
  }
}

/** Whether two texts are the same; how long that takes tells nothing of them. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashOf(a), hashOf(b));
}

function keyOf(id: string): string {
  return hashOf(id).toString("base64");
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
