import { SEVERITIES } from "../baton/model/finding.ts";
import { JUSTIFICATIONS } from "./campaign.ts";
import type { JournalRecord } from "./journal-records.ts";
import { DECISIONS } from "./population/item.ts";
import { count, flag, listOf, mapOf, nullOr, object, optional, type Shape, text, time, words } from "./record/shape.ts";

/** What a review's files hold: a folder may come from anybody, and what is no review is reported, not a crash. */

const earlier = object({
  ...{ review: text, sha256: text, decision: words(...DECISIONS, "UNREVIEWED"), at: text, by: text },
});

/** A line of the population. */
export const ITEM: Shape = object({
  id: text,
  principal: object({
    ...{ type: text, id: text, name: text, login: text, email: text, status: text, manager: text, department: text },
    ...{ kind: words("human", "service", "group", "other"), lastSignIn: text, aliases: listOf(text) },
  }),
  entitlement: object({ id: text, name: text, privileged: flag }),
  resource: object({ type: text, id: text, name: text }),
  ...{ direct: nullOr(flag), why: text, paths: listOf(text), grantedAt: text, grantedBy: text },
  temporary: nullOr(object({ lease: text, until: text })),
  findings: listOf(object({ rule: text, severity: words(...SEVERITIES), what: text })),
  recommendation: object({ decision: words(...DECISIONS, "NONE"), why: text }),
  ...{ earlier: nullOr(earlier), carried: flag, state: text },
  reviewer: object({
    ...{ name: text, source: words("file", "manager", "owner", "fallback", "none"), notes: listOf(text) },
  }),
  remedy: object({ how: words("revoke", "manual"), what: text }),
});

/** `review.json`. */
export const CAMPAIGN: Shape = object({
  ...{ form: words("baton-okta review 1"), review: text, name: text, startedAt: time, startedBy: text, program: text },
  settings: object({
    ...{ scopes: listOf(text), findings: words("", ...SEVERITIES), requireJustification: words(...JUSTIFICATIONS) },
    ...{ forbidBulk: flag, unanswered: words("none", "keep", "revoke"), readingMs: count },
    ...{ reviewers: listOf(text), fallbacks: listOf(text) },
    changedSince: nullOr(object({ review: text, sha256: text })),
  }),
  snapshot: object({
    ...{ file: text, sha256: text, syncId: text, type: text, startedAt: text, endedAt: text },
    ...{ resources: count, entitlements: count, grants: count, missing: nullOr(listOf(text)) },
  }),
  // Reviews of versions before do not have it.
  grantsKnownFrom: optional(nullOr(time)),
  notJudged: listOf(text),
  counts: mapOf(count),
  reviewers: listOf(object({ name: text, items: count })),
});

const files = mapOf(text);
/** A proof is a file of its folder, or a snapshot's hash alone: no other file is looked at. */
const proofFile: Shape = (value) => (/^(proofs\/[\w-]+\.json)?$/.test(String(value)) ? text(value) : "");

const RECORDS: Readonly<Record<JournalRecord["kind"], Shape>> = {
  started: object({ time, review: text, by: text, files, signedBy: text }),
  healed: object({ time, bytes: count, sha256: text }),
  sheet: object({ time, reviewer: text, items: count, file: text, sha256: text }),
  delegated: object({ time, from: text, to: text, by: text, reason: text, items: listOf(text) }),
  decided: object({
    ...{ time, item: text, reviewer: text, decision: words(...DECISIONS), justification: text },
    ...{ via: words("sheet", "page", "command"), sheet: text, fast: flag, together: count },
  }),
  revoking: object({ time, item: text, by: text }),
  remediated: object({
    ...{ time, item: text, status: words("SUCCESS", "MANUAL", "ERROR"), what: text, by: text },
    ...{ proof: nullOr(object({ file: proofFile, sha256: text })), syncStartedAt: optional(time) },
  }),
  closed: object({ time, by: text, files, signedBy: text }),
};

/** A line of the journal. */
export const RECORD: Shape = (value) => {
  const { kind } = value as { kind?: unknown };
  if (typeof kind !== "string" || !Object.hasOwn(RECORDS, kind)) return "kind";
  return RECORDS[kind as JournalRecord["kind"]](value);
};
