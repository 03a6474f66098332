import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { churn } from "../../../../src/sandbox/churn/churn.ts";
import { changingOrg } from "../../../okta/changes/org.ts";
import { readSnapshot } from "../../sync/snapshot.ts";
import { closeRigs, startRig, temporary } from "../rig.ts";

afterEach(closeRigs);

it("a sync task after the first reads only what has changed, and uploads what a fresh sync would", async () => {
  const org = await changingOrg({ users: 40, groups: 10, apps: 4, seed: 3 });
  const settings = { binding: "test", selection: {}, skipFullSync: false, incremental: { verifySample: 0 } };
  const rig = await startRig({ connector: org.connector, settings });
  try {
    for (const most of [1, 0.5]) {
      const id = rig.platform.give({ case: "syncFull", value: {} as never });
      const before = org.calls();
      expect((await rig.platform.end(id)).status?.message ?? "").toBe("");
      const calls = org.calls() - before;
      const file = join(temporary(), "upload.c1z");
      writeFileSync(file, rig.platform.uploads.find(({ taskId }) => taskId === id)!.bytes);
      const { rows, runs } = await readSnapshot(file);
      expect(runs).toHaveLength(1);
      const start = org.calls();
      expect(rows).toEqual(await org.fresh());
      expect(calls).toBeLessThanOrEqual((org.calls() - start) * most);
      churn(org.org, org.random, 3);
      org.clock.pass(60_000);
    }
    await rig.stop();
    expect(
      rig.files().filter((name) => !/last-[0-9a-f]{16}\.c1z$/.test(name) && !/tasks-[0-9a-f]+$/.test(name)),
    ).toEqual([]);
  } finally {
    await org.close();
  }
}, 30_000);
