/**
 * What a sync of what has changed costs: calls as a share of a full sync's, for an org of 8,000 users, 1,500 groups and 150
 * apps, unchanged and after 25 random changes. Run with `node test/bench/incremental.ts`.
 */
import { churn } from "../../src/sandbox/churn/churn.ts";
import { changingOrg } from "../okta/changes/org.ts";

const at = await changingOrg({ users: 8000, groups: 1500, apps: 150, seed: 5 });
await at.sync();
const full = at.calls();
console.log(`full sync: ${full} calls`);
for (const changes of [0, 25, 25, 25, 0]) {
  churn(at.org, at.random, changes);
  at.clock.pass(3_600_000);
  const before = at.calls();
  const { increment, timings } = await at.sync({});
  const calls = at.calls() - before;
  const ms = Object.values(timings).reduce((sum, { ms: part }) => sum + part, 0);
  const share = ((100 * calls) / full).toFixed(2);
  console.log(`${changes} changes: ${calls} calls, ${share} % of a full sync, ${ms} ms (${increment?.mode})`);
}
await at.close();
