import { expect, it } from "vitest";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { walk } from "../conformity/calls.ts";

/**
 * Changes of which Okta's catalogue of event types knows none: owners of groups, rules of groups (of which only what they
 * do to members is logged), and how far an admin role reaches.
 */
const SILENT = /\/owners|\/groups\/rules|\/targets\//;

it("has an event in its log for every change that it makes", async () => {
  const org = seedOrg({ users: 60, groups: 20, apps: 12, seed: 1 });
  const sandbox = await startSandbox({ org, limits: "off" });
  try {
    let before = org.log.storedCount;
    let changes = 0;
    const silent = new Set<string>();
    await walk(sandbox, org, ({ method, pattern, status }) => {
      const now = org.log.storedCount;
      if (method !== "GET" && status < 300) {
        changes++;
        if (now === before && !SILENT.test(pattern)) silent.add(`${method} ${pattern}`);
      }
      before = now;
    });
    expect(changes).toBeGreaterThan(70);
    expect([...silent]).toEqual([]);
  } finally {
    await sandbox.close();
  }
});
