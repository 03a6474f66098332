import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Campaign } from "../../src/review/campaign.ts";
import { type Item, itemId } from "../../src/review/population/item.ts";
import { sha256 } from "../../src/review/record/canonical.ts";
import { chainedLine, chainedLines, EMPTY_CHAIN } from "../../src/review/record/chain.ts";

/** A review of made-up access in a folder, as `start` leaves it: user `n` has app `n`, and the reviewers take turns. */
export function madeUp(
  folder: string,
  count: number,
  reviewers = ["ada@acme.example"],
  settings: Partial<Campaign["settings"]> = {},
): Item[] {
  const items = Array.from({ length: count }, (_, n): Item => {
    const [principal, entitlement] = [{ type: "user", id: `00u${n}` }, `app:0oa${n}:access`];
    return {
      id: itemId(principal, entitlement),
      principal: {
        ...principal,
        name: `User ${n} <img src=x onerror=alert(${n})>`,
        login: `u${n}@acme.example`,
        email: `u${n}@acme.example`,
        status: "ACTIVE",
        manager: "",
        department: "",
        kind: "human",
        lastSignIn: "",
        aliases: [`u${n}@acme.example`],
      },
      entitlement: { id: entitlement, name: "Access", privileged: n % 2 === 0 },
      resource: { type: "app", id: `0oa${n}`, name: `App ${n} <script>` },
      ...{
        direct: true,
        why: "directly",
        paths: ["direct stated"],
        grantedAt: "",
        grantedBy: "",
        temporary: null,
        findings: [],
      },
      ...{ recommendation: { decision: "NONE", why: "" }, earlier: null, carried: false, state: "s" },
      reviewer: { name: reviewers[n % reviewers.length]!, source: "manager", notes: [] },
      remedy: { how: "revoke", what: "" },
    };
  });
  const counts = {
    items: count,
    asked: count,
    carried: 0,
    unassigned: 0,
    privileged: 0,
    nonHuman: 0,
    temporary: 0,
    withFindings: 0,
    manual: 0,
  };
  const campaign: Campaign = {
    ...{
      form: "baton-okta review 1",
      review: "r1",
      name: "Made up",
      startedAt: "2026-01-01T00:00:00.000Z",
      startedBy: "test",
      program: "test",
    },
    settings: {
      scopes: ["app:*"],
      findings: "",
      requireJustification: "none",
      forbidBulk: false,
      unanswered: "none",
      readingMs: 2000,
      reviewers: [],
      fallbacks: [],
      changedSince: null,
      ...settings,
    },
    snapshot: {
      file: "one.c1z",
      sha256: "0",
      syncId: "s",
      type: "full",
      startedAt: "",
      endedAt: "",
      resources: 0,
      entitlements: 0,
      grants: 0,
      missing: [],
    },
    ...{ grantsKnownFrom: null, notJudged: [], counts, reviewers: [] },
  };
  const files = {
    "review.json": `${JSON.stringify(campaign)}\n`,
    "population.jsonl": [...chainedLines(items)].join(""),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const hashes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
  const started = { kind: "started", time: campaign.startedAt, review: "r1", by: "test", files: hashes, signedBy: "" };
  const { line, head } = chainedLine(EMPTY_CHAIN, started);
  writeFileSync(join(folder, "journal.jsonl"), line);
  writeFileSync(join(folder, "journal.head.json"), `${JSON.stringify({ records: head.n, sha256: head.sha256 })}\n`);
  return items;
}
