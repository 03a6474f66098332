import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Failure } from "../../runtime/failure.ts";
import type { Call, Connector, CredentialRotation } from "../connector.ts";
import { OPEN_STATES } from "./lease.ts";
import { type AccountDeps, madeAccount, notMade, type ShownAccount } from "./made-accounts.ts";
import { shownTime } from "./time.ts";

/** How long no lease of an account may begin once its password is about to be replaced, in milliseconds. */
const MAX_ROTATION_MS = 300_000;

/**
 * Rotation for those accounts only that this program has made, and never while a lease of theirs is active; `undefined` where
 * the connector replaces no passwords.
 */
export function guardedRotation(connector: Connector, deps: AccountDeps): CredentialRotation | undefined {
  const { passwords } = connector;
  if (passwords === undefined) return undefined;
  const { ledger, org, clock, log } = deps;
  return {
    ...passwords,
    async rotate(id, password, call) {
      const shown = await accountOf(connector, passwords.resourceType, id, call);
      const made = await madeAccount(ledger, org, shown);
      if (made === undefined) throw notMade(id);
      const mark = async (set: { rotating_until: number; rotated?: number }) =>
        await ledger.store.write((trx) => trx.updateTable("made_account").set(set).where("id", "=", made.id).execute());
      if (call.dryRun === true) {
        await mustHaveNoLease(passwords.resourceType, id);
        return await passwords.rotate(id, password, call);
      }
      // First the mark, which keeps leases from beginning, then the look at those that are there.
      await mark({ rotating_until: clock.now() + MAX_ROTATION_MS });
      try {
        await mustHaveNoLease(passwords.resourceType, id);
        const rotated = await passwords.rotate(id, password, call);
        await mark({ rotating_until: 0, rotated: clock.now() }).catch((error) =>
          log.warn("that a password was replaced could not be written down", { account: id, error }),
        );
        return rotated;
      } catch (error) {
        await mark({ rotating_until: 0 }).catch(() => {});
        throw error;
      }
    },
  };

  async function mustHaveNoLease(type: string, id: string): Promise<void> {
    const open = await ledger.list({ org, states: OPEN_STATES });
    const lease = open.find(({ principal }) => principal.type === type && principal.id === id);
    if (lease === undefined) return;
    throw new Failure({
      kind: "failedPrecondition",
      message: `a lease of ${type} ${id} is active, until ${shownTime(lease.ends)}: its password is not replaced while one is (${lease.id})`,
      advice: "wait for its end, or end it: baton-okta leases end ID",
    });
  }
}

async function accountOf(connector: Connector, type: string, id: string, call: Call): Promise<ShownAccount> {
  const listed = await connector.types.find((support) => support.type.id === type)?.get?.(id, call);
  if (listed === undefined) throw new Failure({ kind: "notFound", message: `there is no ${type} ${id}` });
  const { profile, createdAt } = listed.resource;
  return {
    id,
    login: typeof profile?.login === "string" ? profile.login : "",
    created: createdAt === undefined ? undefined : timestampMs(createdAt),
  };
}
