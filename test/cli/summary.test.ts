import { describe, expect, it } from "vitest";
import type { Increment, SyncResult } from "../../src/baton/sync/options.ts";
import { renderSummary, type SyncReport, summaryData } from "../../src/cli/sync/summary.ts";
import type { BucketView } from "../../src/okta/api/client.ts";

const bucket = (name: string, more: Partial<BucketView> = {}): BucketView => ({
  ...{ name, calls: 1, waits: 0, waitedMs: 0, refusals: 0, inFlight: 0, waiting: 0 },
  ...more,
});

const report = (result: Partial<SyncResult> = {}): SyncReport => ({
  what: "acme.okta.com",
  file: "acme.c1z",
  elapsedMs: 130_000,
  result: {
    ...{ syncId: "s1", syncType: "full", resumed: false, refused: [], skipped: [], vanished: 0, leftOut: 0 },
    counts: { resources: { user: 5000, group: 500 }, entitlements: { group: 500 }, grants: { group: 38_112 } },
    ...{ fileBytes: 1_400_000, pages: 600, timings: {} },
    ...result,
  },
  buckets: [
    bucket("/api/v1/users", { calls: 25, limit: 600 }),
    bucket("/api/v1/apps/{id}/users", { calls: 90, limit: 100, waits: 10, waitedMs: 200_000, refusals: 1 }),
    bucket("/api/v1/logs", { calls: 0 }),
  ],
  stats: { calls: 115, bytes: 9, refusals: 1, retries: { 503: 2 }, inFlight: 0, clockOffsetMs: 0 },
});

describe("the closing summary", () => {
  it("counts by type, calls by limit, waits, time and size", () => {
    expect(renderSummary(report(), 100)).toBe(`Synced acme.okta.com into acme.c1z (1.4 MB) in 2 min 10 s.

         resources  entitlements  grants
  user       5,000             0       0
  group        500           500  38,112
  total      5,500           500  38,112

Calls to Okta: 115 at 0.9 a second, 1 refused by a limit, tried again (503: 2).
  /api/v1/apps/{id}/users  90  limit 100 a minute  10 waited, 20 s each  1 refused (429)
  /api/v1/users            25  limit 600 a minute
`);
  });

  it("says what could not be seen of what has changed, and what it took in its place", () => {
    const increment: Increment = {
      mode: "incremental",
      ...{ base: "s0", runs: 3, readAgain: 40, removed: 1, sampled: 2, sampleMismatches: 0 },
      ...{ countMismatches: 0, blind: ["the system log could not be read: users are read whole"] },
    };
    const text = (more: Partial<SyncReport>) =>
      renderSummary({ ...report({ increment }), incremental: true, ...more }, 1000);
    expect(text({})).toContain(
      "NOT SEEN: the system log could not be read: users are read whole; the sync took 115 calls.",
    );
    expect(text({ callsBefore: 15 })).toContain("; the sync took 100 calls.");
  });

  it("never lets what was not readable pass for nobody", () => {
    const refused = [
      { what: "admin roles of groups", why: "the scope okta.roles.read is missing", on: "group 00g1", count: 3 },
      { what: "API tokens", why: "the role may not", requestId: "req7", count: 1 },
    ];
    const text = renderSummary(report({ refused }), 100);
    expect(text).toContain("NOT READABLE: this is missing from the snapshot. It does not mean that there is nobody.\n");
    expect(text).toContain(
      "  - admin roles of groups: refused 3 times, as for group 00g1. The scope okta.roles.read is missing.\n",
    );
    expect(text).toContain("  - API tokens: refused 1 time (request req7). The role may not.\n");
    expect(summaryData(report({ refused })).notReadable).toEqual([
      {
        what: "admin roles of groups",
        why: "the scope okta.roles.read is missing",
        times: 3,
        example: "group 00g1",
      },
      { what: "API tokens", why: "the role may not", times: 1, requestId: "req7" },
    ]);
  });

  it("says what was left out, and that it went on", () => {
    const text = renderSummary(
      report({ skipped: [{ type: "user", id: "00u1" }], vanished: 1, leftOut: 2, resumed: true, syncType: "partial" }),
      100,
    );
    expect(text).toMatch(/^Synced parts of acme\.okta\.com .*, going on with a sync that was interrupted\.\n/);
    expect(text).toContain("Calls to Okta by this run: ");
    expect(text).toContain("not to be read singly: user:00u1.");
    expect(text).toContain("deleted while the sync ran: 1 resource.");
    expect(text).toContain("who holds it is not in this sync: 2 grants.");
  });
});
