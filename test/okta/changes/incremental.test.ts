import { expect, test } from "vitest";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import { type ChangingOrg, changingOrg } from "./org.ts";

/** More rounds, and larger orgs, where there is time for it: `BATON_ROUNDS=200`. */
const ROUNDS = Number(process.env.BATON_ROUNDS ?? 24);
const SMALL = { users: 60, groups: 14, apps: 6 };

const keyOf = (row: string) => {
  const { external_id: id } = JSON.parse(row.slice(row.indexOf("{"))) as { external_id: string };
  return `${row.slice(0, row.indexOf(" "))} ${id}`;
};

/** What two snapshots do not share, by table and external id: the same id on both sides has other bytes. */
function differences(mine: readonly string[], fresh: readonly string[]) {
  const [a, b] = [new Set(mine), new Set(fresh)];
  return {
    tooMuch: mine.filter((row) => !b.has(row)).map(keyOf),
    missing: fresh.filter((row) => !a.has(row)).map(keyOf),
  };
}

/** Changes, syncs and compares in turns; `settle`: what passes before a sync whose snapshot is compared. */
async function rounds(at: ChangingOrg, count: number, settle: number): Promise<void> {
  await at.sync();
  for (let round = 0; round < count; round++) {
    const changes = churn(at.org, at.random, 1 + at.random.below(6));
    // Times come in seconds: what follows at once has the same.
    at.clock.pass(at.random.pick([0, 0, 400, 5_000, 90_000, 1_200_000]));
    if (settle > 0 && at.random.chance(0.3)) {
      await at.sync({ verifySample: 0 });
      churn(at.org, at.random, 1);
    }
    at.clock.pass(settle);
    const { increment } = await at.sync({ fullEvery: { runs: 1e6 } });
    const note = JSON.stringify({ round, changes, increment });
    expect(differences(await at.rows(), await at.fresh()), note).toEqual({ tooMuch: [], missing: [] });
    expect(increment?.mode, note).toBe("incremental");
  }
}

test.each([
  ["an org as it is", {}, {}],
  ["late events, and a search that lags", { searchLagMs: 40_000, logDelayMs: 60_000 }, {}],
  ["an org without custom roles and inactive apps", {}, { syncCustomRoles: false, syncInactiveApps: false }],
  ["users of one domain", {}, { filterEmailDomains: ["acme.example"] }],
] as const)(
  "incremental syncs one after the other equal fresh full syncs: %s",
  async (_, sandbox, options) => {
    const at = await changingOrg(
      { ...SMALL, seed: ROUNDS + Object.keys({ ...sandbox, ...options }).length },
      { sandbox, options },
    );
    try {
      await rounds(at, Math.ceil(ROUNDS / 4), "logDelayMs" in sandbox ? 61_000 : 0);
    } finally {
      await at.close();
    }
  },
  600_000,
);
