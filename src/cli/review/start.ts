import { evidenceOf } from "../../baton/access/findings/evidence.ts";
import { judge } from "../../baton/access/findings/findings.ts";
import type { Severity } from "../../baton/model/finding.ts";
import type { SyncContent } from "../../baton/snapshot/content.ts";
import { openForQuestions } from "../../baton/snapshot/reader.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import { RISKS } from "../../okta/risks/risks.ts";
import type { RequiredJustification, Unanswered } from "../../review/campaign.ts";
import { gapsOf } from "../../review/campaign.ts";
import { readEarlier } from "../../review/population/read-earlier.ts";
import { entitlementsIn } from "../../review/population/scope.ts";
import { readKey } from "../../review/record/signature.ts";
import { type ReviewerRule, readReviewers } from "../../review/reviewers/file.ts";
import { startReview } from "../../review/start.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import { EXIT } from "../exit.ts";
import { pluralize } from "../terminal/layout.ts";
import { grantLog } from "./grant-log.ts";
import { actorOf, type ReviewInput, type ReviewStep, required } from "./input.ts";
import { OKTA_WORDS } from "./okta-words.ts";

/** `review start`. */
export const start: ReviewStep = async (input) => {
  const { own, values, env, output } = input;
  const [folder, name] = [required(input, "dir"), required(input, "name")];
  const file = own.file ?? (env.BATON_FILE || undefined);
  if (file === undefined) throw usage("--file is missing", "give the snapshot: -f acme.c1z");
  if (own.scope.length === 0 && own.findings === undefined) {
    throw usage(
      "--scope is missing",
      "say what is reviewed: --scope 'role:*', --scope app:0oa1abcd, --scope group:00g1abcd",
    );
  }
  const { order, rules } = reviewersIn(own.reviewers);
  const key = own.key === undefined ? undefined : await readKey(own.key, "private");
  const since = own["changed-since"];
  const earlier = since === undefined ? undefined : await readEarlier(since, undefined);
  await using reader = await openForQuestions(file, { tempDir: values["c1z-temp-dir"] });
  const content = reader.content(own.sync ?? (reader.current() ?? reader.newestFinished())?.syncId);
  const sync = reader.syncs().find(({ syncId }) => syncId === content.syncId)!;
  const clock = systemClock;
  const takenAt = parseTime(sync.endedAt ?? sync.startedAt) ?? clock.now();
  const history = own["granted-from-log"] ? await grantLog(input, takenAt, wantedOf(content, input)) : undefined;
  const outcomes = judge(RISKS, evidenceOf(content, takenAt));
  const campaign = await startReview({
    ...{ folder, name, by: actorOf(input), reader, syncId: content.syncId, allowPartial: own["allow-partial"] },
    settings: {
      scopes: own.scope,
      findings: (own.findings ?? "") as Severity | "",
      requireJustification: own["require-justification"] as RequiredJustification,
      forbidBulk: own["forbid-bulk"],
      unanswered: own.unanswered as Unanswered,
      readingMs: own["reading-seconds"] * 1000,
      reviewers: own.reviewers.length === 0 ? order : own.reviewers,
      fallbacks: own.fallback,
      changedSince: earlier === undefined ? null : { review: earlier.name, sha256: earlier.sha256 },
    },
    reviewers: { order, rules, fallbacks: own.fallback },
    findings: outcomes.flatMap(({ findings }) => findings),
    notJudged: outcomes.flatMap(({ rule, gaps }) => gaps.map(({ reason }) => `${rule.id}: ${reason}`)),
    ...{ words: OKTA_WORDS, earlier, history, key, clock },
  });
  const { counts, reviewers } = campaign;
  if (values.output === "json") {
    output.out(
      `${JSON.stringify({ review: campaign.review, dir: folder, gaps: gapsOf(campaign), counts, reviewers }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  for (const gap of gapsOf(campaign)) output.out(`NOT WHOLE: ${printable(gap)}.\n`);
  output.out(`${pluralize(counts.items, "item")} frozen in ${printable(folder)}: ${counts.asked} to decide on`);
  output.out(counts.carried > 0 ? `, ${counts.carried} carried from ${printable(earlier!.name)}.\n` : ".\n");
  output.out(
    `${pluralize(reviewers.length, "reviewer")}; ${counts.privileged} privileged, ${counts.nonHuman} held by no person, ${counts.temporary} temporary.\n`,
  );
  output.out(
    history === undefined
      ? "When and by whom access was granted is not known: --granted-from-log asks Okta's system log.\n"
      : `When and by whom access was granted is known as far as Okta's log goes back: ${history.from.slice(0, 10)}.\n`,
  );
  if (counts.unassigned > 0) {
    output.out(
      `${pluralize(counts.unassigned, "item")} without a reviewer: hand them over with review delegate --dir ${printable(folder)} --from nobody --to EMAIL, or begin again with --fallback EMAIL.\n`,
    );
  }
  return EXIT.done;
};

/** Whose grants are looked for: those of the scope, and all where findings bring others. */
function wantedOf(content: SyncContent, { own }: ReviewInput): (entitlement: string) => boolean {
  if (own.findings !== undefined) return () => true;
  const all = new Set(entitlementsIn(content, own.scope));
  return (entitlement) => all.has(entitlement);
}

/** In which order people are asked, and what files say. */
function reviewersIn(words: readonly string[]): { order: ("manager" | "owner")[]; rules: ReviewerRule[] } {
  const order: ("manager" | "owner")[] = [];
  const rules: ReviewerRule[] = [];
  for (const word of words) {
    if (word === "manager" || word === "owner") order.push(word);
    else rules.push(...readReviewers(word));
  }
  return { order: words.length === 0 || order.length === 0 ? ["manager", "owner"] : order, rules };
}

function usage(message: string, advice: string): Failure {
  return new Failure({ kind: "usage", message, advice });
}
