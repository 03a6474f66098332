import { expect, it } from "vitest";
import type { Connector } from "../../src/baton/connector.ts";
import { oktaClock } from "../../src/cli/leases/clock.ts";
import type { SeenDate } from "../../src/okta/api/limits/server-time.ts";
import { silentLog } from "../../src/runtime/log/log.ts";

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 0, 1);
const connector: Connector = {
  metadata: { displayName: "fake", description: "" },
  types: [],
  validate: async () => {},
};

/** A clock, and what the client has last seen. */
function clockOver(seen: SeenDate) {
  const client = { last: seen, seenDate: () => client.last };
  return { clock: oktaClock(client, connector, silentLog), client };
}

it("tells whole milliseconds, which is what a column of a database takes", () => {
  const { clock, client } = clockOver({ at: AT, monotonicMs: performance.now() - 0.4 });
  for (let n = 0; n < 50; n++) {
    client.last = { at: AT, monotonicMs: performance.now() - n - 0.3 };
    expect(Number.isInteger(clock.now())).toBe(true);
  }
});

it("does not go back by the part of a second that a Date leaves out, and follows a clock that was set", () => {
  const start = performance.now();
  const { clock, client } = clockOver({ at: AT, monotonicMs: start - 900 });
  const before = clock.now();
  expect(before).toBeGreaterThanOrEqual(AT + 900);
  client.last = { at: AT, monotonicMs: start };
  expect(clock.now()).toBeGreaterThanOrEqual(before);
  client.last = { at: AT + 1000, monotonicMs: start };
  expect(clock.now()).toBeGreaterThanOrEqual(AT + 1000);
  client.last = { at: AT - HOUR, monotonicMs: start };
  expect(clock.now()).toBeLessThan(AT - HOUR / 2);
});
