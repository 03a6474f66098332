import { expect, test } from "vitest";
import type { OktaClient } from "../../../src/okta/api/client.ts";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import { change, changes, SPREADING_CHANGES } from "./more-changes.ts";
import { type ChangingOrg, changingOrg, withoutLog } from "./org.ts";

/** More rounds where there is time for it: `BATON_ROUNDS=200`. `BATON_SEED` makes other orgs, and other changes. */
const ROUNDS = Number(process.env.BATON_ROUNDS ?? 24);
const SEED = Number(process.env.BATON_SEED ?? ROUNDS);
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
async function rounds(at: ChangingOrg, count: number, settle: number, quietly?: Set<string>): Promise<void> {
  await at.sync();
  for (let round = 0; round < count; round++) {
    const made = [
      ...churn(at.org, at.random, 1 + at.random.below(6)),
      ...changes(at.org, at.random, at.random.below(3), quietly),
    ];
    // Times come in seconds: what follows at once has the same.
    at.clock.pass(at.random.pick([0, 0, 400, 5_000, 90_000, 1_200_000]));
    if (settle > 0 && at.random.chance(0.3)) {
      await at.sync({ verifySample: 0 });
      churn(at.org, at.random, 1);
    }
    at.clock.pass(settle);
    const { increment } = await at.sync({ fullEvery: { runs: 1e6 } });
    const note = JSON.stringify({ round, made, increment });
    expect(differences(await at.rows(), await at.fresh()), note).toEqual({ tooMuch: [], missing: [] });
    expect(increment?.mode, note).toBe("incremental");
  }
}

/** Leaves entries of the log out, by their ids, as an org would whose log tells less. */
const withoutEntries =
  (ids: ReadonlySet<string>) =>
  (client: OktaClient): OktaClient => ({
    ...client,
    list: (async (path: string, call, options) => {
      const page = await client.list<{ uuid?: string }>(path, call, options as never);
      if (!path.startsWith("/api/v1/logs") || page.items.length === 0) return page;
      const told = page.items.filter(({ uuid = "" }) => !ids.has(uuid));
      return { ...page, items: told.length > 0 ? told : [{ ...page.items[0], eventType: "other.event" }] };
    }) as OktaClient["list"],
  });

test.each([
  ["an org as it is", {}, {}],
  ["late events, and a search that lags", { searchLagMs: 40_000, logDelayMs: 60_000 }, {}],
  ["an org without custom roles and inactive apps", {}, { syncCustomRoles: false, syncInactiveApps: false }],
  ["users of one domain", {}, { filterEmailDomains: ["acme.example"] }],
  ["what is read again by the other route", {}, { route: "other" }],
  ["what is read again by both routes", { logDelayMs: 0 }, { route: "mixed" }],
] as const)(
  "incremental syncs one after the other equal fresh full syncs: %s",
  async (_, sandbox, options) => {
    const at = await changingOrg(
      { ...SMALL, seed: SEED + Object.keys({ ...sandbox, ...options }).length },
      { sandbox, options },
    );
    try {
      await rounds(at, Math.ceil(ROUNDS / 4), "searchLagMs" in sandbox ? 61_000 : 0);
    } finally {
      await at.close();
    }
  },
  600_000,
);

test("an org whose log tells what was done, and not what followed from it", async () => {
  const quietly = new Set<string>();
  const at = await changingOrg({ ...SMALL, seed: SEED + 7 }, { wrap: withoutEntries(quietly) });
  try {
    await rounds(at, Math.ceil(ROUNDS / 4), 0, quietly);
  } finally {
    await at.close();
  }
}, 600_000);

test("an org whose log is refused", async () => {
  const at = await changingOrg({ ...SMALL, seed: SEED + 9 }, { wrap: withoutLog });
  try {
    await rounds(at, Math.ceil(ROUNDS / 4), 0);
  } finally {
    await at.close();
  }
}, 600_000);

test("each change of which more follows is seen by the one entry that tells of it", async () => {
  const quietly = new Set<string>();
  const at = await changingOrg({ ...SMALL, seed: SEED + 8 }, { wrap: withoutEntries(quietly) });
  try {
    await at.sync();
    for (const kind of SPREADING_CHANGES) {
      const what = change(at.org, at.random, kind, quietly);
      at.clock.pass(600_000);
      await at.sync({ verifySample: 0, fullEvery: { runs: 1e6 } });
      expect(differences(await at.rows(), await at.fresh()), what ?? kind.kind).toEqual({ tooMuch: [], missing: [] });
    }
  } finally {
    await at.close();
  }
}, 600_000);
