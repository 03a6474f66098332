import { dirname, join } from "node:path";
import type { Transaction } from "kysely";
import { Failure } from "../../runtime/failure.ts";
import { isPostgres, openState, type State, type StateOptions } from "../../runtime/state/state.ts";
import type { Claim } from "./claim.ts";
import { takenOver } from "./claim.ts";
import { appendEvent, historyOf } from "./history.ts";
import { isPaused, type Lease, type LeaseEvent, type LeaseState, leaseOf, OPEN_STATES } from "./lease.ts";
import { type LeaseTable, type LeaseTables, leaseSchema } from "./schema.ts";

/** What a step of a lease changes, and what its history says of it. */
export interface LeaseStep {
  readonly set?: Partial<Omit<LeaseTable, "id">>;
  /** Whether the access is there because a lease added it, from now on. */
  readonly ours?: boolean;
  readonly event: Omit<LeaseEvent, "n">;
}

/** The ledger: each lease, and all that happened to it. */
export interface Ledger {
  readonly store: State<LeaseTables>;
  /** Writes a new lease, as the holder of its access. */
  add(claim: Claim, lease: LeaseTable, step: LeaseStep): Promise<Lease>;
  /**
   * Writes the next step of a lease, as the holder of its access. Throws a {@link Failure} where another process has
   * taken the access over: then nothing is written.
   */
  step(claim: Claim, id: string, step: LeaseStep): Promise<Lease>;
  find(id: string): Promise<Lease | undefined>;
  list(filter?: { readonly org?: string; readonly states?: readonly LeaseState[] }): Promise<readonly Lease[]>;
  /** Leases that have something to be done now, the longest overdue first. */
  due(org: string, now: number): Promise<readonly Lease[]>;
  /** When something is to be done next; `undefined`: nothing is known. */
  nextAt(org: string): Promise<number | undefined>;
  /** Other leases of an access that have not ended. */
  others(lease: Lease): Promise<readonly Lease[]>;
  /** All leases of an access, the newest first. */
  ofAccess(access: string): Promise<readonly Lease[]>;
  isOurs(access: string): Promise<boolean>;
  history(id: string): Promise<{ readonly events: readonly LeaseEvent[]; readonly intact: boolean }>;
  close(): Promise<void>;
}

/** The name of the ledger's file where none is given. */
const DEFAULT_FILE = "baton-leases.db";

/** Where the ledger is by default: beside the configuration file that is read, or would be. */
export function defaultLedger(configPath: string | undefined): string {
  return configPath ? join(dirname(configPath), DEFAULT_FILE) : DEFAULT_FILE;
}

/** Opens the ledger. Throws what `openState` throws. */
export async function openLedger(location: string, options: StateOptions = {}): Promise<Ledger> {
  const store = await openState<LeaseTables>(location, leaseSchema(isPostgres(location)), options);
  const { db } = store;

  async function fenced<T>(claim: Claim, body: (trx: Transaction<LeaseTables>) => Promise<T>): Promise<T> {
    return await store.write(async (trx) => {
      const { fence } = await store
        .forUpdate(trx.selectFrom("lease_access").select("fence").where("access", "=", claim.access))
        .executeTakeFirstOrThrow();
      if (fence !== claim.fence) throw takenOver();
      return await body(trx);
    });
  }

  async function write(trx: Transaction<LeaseTables>, claim: Claim, id: string, step: LeaseStep): Promise<Lease> {
    if (step.set !== undefined) await trx.updateTable("lease").set(step.set).where("id", "=", id).execute();
    if (step.ours !== undefined) {
      const ours = Number(step.ours);
      await trx.updateTable("lease_access").set({ ours }).where("access", "=", claim.access).execute();
    }
    await appendEvent(trx, id, step.event);
    return leaseOf(await trx.selectFrom("lease").selectAll().where("id", "=", id).executeTakeFirstOrThrow());
  }

  /** Whose password is being replaced gets no lease meanwhile. The lock lets whoever replaces it see this lease, or this one see that. */
  async function mustNotRotate(trx: Transaction<LeaseTables>, { org, principal_id, created }: LeaseTable) {
    const accounts = trx.selectFrom("made_account").select("rotating_until").where("org", "=", org);
    const rows = await store.forUpdate(accounts.where("account", "=", principal_id)).execute();
    if (rows.some(({ rotating_until }) => rotating_until > created)) throw rotating(principal_id);
  }

  return {
    store,
    add: (claim, lease, step) =>
      fenced(claim, async (trx) => {
        await mustNotRotate(trx, lease);
        await trx.insertInto("lease").values(lease).execute();
        return await write(trx, claim, lease.id, step);
      }),
    step: (claim, id, step) => fenced(claim, (trx) => write(trx, claim, id, step)),
    async find(id) {
      const row = await db.selectFrom("lease").selectAll().where("id", "=", id).executeTakeFirst();
      return row && leaseOf(row);
    },
    async list({ org, states } = {}) {
      let query = db.selectFrom("lease").selectAll();
      if (org !== undefined) query = query.where("org", "=", org);
      if (states !== undefined) query = query.where("state", "in", [...states]);
      return (await query.orderBy("ends").orderBy("id").execute()).map(leaseOf);
    },
    async due(org, now) {
      const rows = await db
        .selectFrom("lease")
        .selectAll()
        .where("org", "=", org)
        .where((is) =>
          is.or([
            is("state", "in", ["granting", "ending"] satisfies LeaseState[]),
            is.and([is("state", "=", "active"), is("ends", "<=", now)]),
          ]),
        )
        .orderBy("ends")
        .orderBy("id")
        .execute();
      return rows.map(leaseOf).filter(({ nextTry }) => !isPaused(nextTry, now));
    },
    async nextAt(org) {
      const rows = await db
        .selectFrom("lease")
        .select(["state", "ends", "next_try"])
        .where("org", "=", org)
        .where("state", "in", [...OPEN_STATES])
        .execute();
      const times = rows.map(({ state, ends, next_try }) => (state === "active" ? Math.max(ends, next_try) : next_try));
      return times.length === 0 ? undefined : Math.min(...times);
    },
    async others({ id, access }) {
      const rows = await db
        .selectFrom("lease")
        .selectAll()
        .where("access", "=", access)
        .where("id", "!=", id)
        .where("state", "in", [...OPEN_STATES])
        .execute();
      return rows.map(leaseOf);
    },
    async ofAccess(access) {
      const query = db.selectFrom("lease").selectAll().where("access", "=", access);
      return (await query.orderBy("created", "desc").orderBy("id", "desc").execute()).map(leaseOf);
    },
    async isOurs(access) {
      const row = await db.selectFrom("lease_access").select("ours").where("access", "=", access).executeTakeFirst();
      return row?.ours === 1;
    },
    history: (id) => historyOf(db, id),
    close: () => store.close(),
  };
}

function rotating(id: string): Failure {
  return new Failure({
    kind: "unavailable",
    message: `the password of ${id} is being replaced now, and no lease of it begins meanwhile`,
    advice: "try again in a minute",
  });
}

/** The failure that says that there is no such lease. */
export function noSuchLease(id: string): Failure {
  return new Failure({
    kind: "notFound",
    message: `there is no lease ${JSON.stringify(id)}`,
    advice: "baton-okta leases list names them; see that --lease-store is the one that it was granted with",
  });
}
