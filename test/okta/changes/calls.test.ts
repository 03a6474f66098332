import { expect, test } from "vitest";
import { churn } from "../../../src/sandbox/churn/churn.ts";
import { changingOrg } from "./org.ts";

test("what has not changed costs the short lists and the sample, whatever the org's size", async () => {
  const at = await changingOrg({ users: 900, groups: 250, apps: 30, seed: 5 });
  try {
    await at.sync();
    const full = at.calls();
    at.clock.pass(3_600_000);
    const unchanged = await at.sync({});
    expect(unchanged.increment?.mode).toBe("incremental");
    const paths = JSON.stringify(at.paths());
    expect(at.calls() - full, paths).toBeLessThanOrEqual(12);

    churn(at.org, at.random, 10);
    at.clock.pass(600_000);
    const before = at.calls();
    const changed = await at.sync({ verifySample: 0 });
    expect(changed.increment?.mode).toBe("incremental");
    expect(at.calls() - before).toBeLessThanOrEqual(full / 5);
  } finally {
    await at.close();
  }
}, 60_000);
