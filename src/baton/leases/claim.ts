import { type Clock, systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import type { State } from "../../runtime/state/state.ts";
import type { LeaseTables } from "./schema.ts";

/** How long an access is held by who works on it without being renewed, in milliseconds. */
export const CLAIM_TTL_MS = 60_000;

/** The fact that one process works on an access, and no other. */
export interface Claim {
  readonly access: string;
  readonly holder: string;
  readonly fence: number;
  /** Until when nobody else takes it; moved on by each renewal. */
  until: number;
}

/** Claims an access; `undefined` where somebody else holds it. */
export async function acquire(
  store: State<LeaseTables>,
  access: string,
  holder: string,
  now: number,
): Promise<Claim | undefined> {
  return await store.write(async (trx) => {
    await trx
      .insertInto("lease_access")
      .values({ access, ours: 0, holder: null, held_until: 0, fence: 0 })
      .onConflict((conflict) => conflict.column("access").doNothing())
      .execute();
    const row = await store
      .forUpdate(trx.selectFrom("lease_access").selectAll().where("access", "=", access))
      .executeTakeFirstOrThrow();
    const left = row.held_until - now;
    // What lies further ahead than a claim ever does was written by a clock that was wrong.
    if (row.holder !== null && left > 0 && left <= CLAIM_TTL_MS * 2) return undefined;
    const claim = { access, holder, fence: row.fence + 1, until: now + CLAIM_TTL_MS };
    await trx
      .updateTable("lease_access")
      .set({ holder, held_until: claim.until, fence: claim.fence })
      .where("access", "=", access)
      .execute();
    return claim;
  });
}

/** Holds a claim for another while; `false` where somebody else has taken it. */
async function renew(store: State<LeaseTables>, claim: Claim, now: number): Promise<boolean> {
  const until = now + CLAIM_TTL_MS;
  const { numUpdatedRows } = await store.write((trx) =>
    trx
      .updateTable("lease_access")
      .set({ held_until: until })
      .where("access", "=", claim.access)
      .where("fence", "=", claim.fence)
      .executeTakeFirst(),
  );
  if (numUpdatedRows === 0n) return false;
  claim.until = until;
  return true;
}

/**
 * Holds a claim for another while. For who has learnt the time only since: what was counted by a clock that was wrong has
 * run out, or never does. Throws a {@link Failure} where somebody else has taken it.
 */
export async function renewed(store: State<LeaseTables>, claim: Claim, clock: Clock): Promise<void> {
  if (!(await renew(store, claim, clock.now()))) throw takenOver();
}

/** Gives a claim back. */
async function release(store: State<LeaseTables>, claim: Claim): Promise<void> {
  await store.write((trx) =>
    trx
      .updateTable("lease_access")
      .set({ holder: null })
      .where("access", "=", claim.access)
      .where("fence", "=", claim.fence)
      .execute(),
  );
}

/** The failure that says that somebody else works on the access now. */
export function takenOver(): Failure {
  return new Failure({
    kind: "unavailable",
    message: "another process has taken over what was to be done here",
    advice: "nothing is to be done: it goes on there",
  });
}

/** Who claims an access. */
export interface Claimant {
  readonly holder: string;
  readonly clock: Clock;
  /** Sees that the clock goes by the other side's time, where it can be asked. */
  readonly learnTime?: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Does something as the only one who works on an access, renewing the claim meanwhile; the signal aborts where that
 * fails. `undefined` where somebody else holds it.
 */
export async function withClaim<T>(
  store: State<LeaseTables>,
  access: string,
  { holder, clock, signal, learnTime }: Claimant,
  body: (claim: Claim, signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  await learnTime?.(signal);
  const claim = await acquire(store, access, holder, clock.now());
  if (claim === undefined) return undefined;
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = (async () => {
    for (;;) {
      // A wait of the real clock: whatever the clock that ends are counted by does, the claim is renewed.
      await systemClock.sleep(CLAIM_TTL_MS / 3, done.signal);
      const held = await renew(store, claim, clock.now()).catch(() => claim.until > clock.now());
      if (!held) return lost.abort(takenOver());
    }
  })().catch(() => {});
  try {
    return { result: await body(claim, AbortSignal.any([signal, lost.signal])) };
  } finally {
    done.abort();
    await renewing;
    // Who does not get to give it back leaves it to run out.
    await release(store, claim).catch(() => {});
  }
}
