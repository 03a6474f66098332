import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import KSUID from "ksuid";
import type { Finding } from "../baton/model/finding.ts";
import type { SnapshotReader } from "../baton/snapshot/reader.ts";
import { parseTime } from "../baton/snapshot/time.ts";
import type { Clock } from "../runtime/clock.ts";
import { Failure } from "../runtime/failure.ts";
import { version } from "../runtime/version.ts";
import {
  CAMPAIGN_FILE,
  type Campaign,
  type CampaignSettings,
  POPULATION_FILE,
  type PopulationCounts,
} from "./campaign.ts";
import type { Started } from "./journal-records.ts";
import type { EarlierReview } from "./population/earlier.ts";
import type { GrantHistory } from "./population/grant-details.ts";
import type { Item } from "./population/item.ts";
import type { ProfileWords } from "./population/people.ts";
import { population } from "./population/population.ts";
import { canonicalJson, sha256 } from "./record/canonical.ts";
import { chainedLine, EMPTY_CHAIN } from "./record/chain.ts";
import { readBytes, writeWhole } from "./record/files.ts";
import { HEAD_FILE, JOURNAL_FILE, openJournal, writeHead } from "./record/journal.ts";
import { dropLockFile, LOCK_FILE, lockFolder } from "./record/lock.ts";
import { type SigningKey, sign } from "./record/signature.ts";
import type { ReviewerSettings } from "./reviewers/choose.ts";

/** What a review is started with. */
export interface StartInput {
  readonly folder: string;
  readonly name: string;
  readonly by: string;
  readonly reader: SnapshotReader;
  readonly syncId: string;
  /** A sync that is not a full one may be reviewed: it is said wherever the population is. */
  readonly allowPartial: boolean;
  readonly settings: CampaignSettings;
  readonly reviewers: ReviewerSettings;
  readonly findings: readonly Finding[];
  readonly notJudged: readonly string[];
  readonly words: ProfileWords;
  readonly earlier: EarlierReview | undefined;
  readonly history: GrantHistory | undefined;
  readonly key: SigningKey | undefined;
  readonly clock: Clock;
}

/** The signature over a start, where a key was given. */
export const STARTED_SIGNATURE = "started.jws";

/** What may be in a folder where a start was cut off before the journal. */
const LEFTOVERS = new Set([LOCK_FILE, CAMPAIGN_FILE, POPULATION_FILE, JOURNAL_FILE, HEAD_FILE, STARTED_SIGNATURE]);

/**
 * Starts a review: freezes its population in a folder. Throws a {@link Failure}: `usage` for a scope that names nothing or
 * a folder that is not empty; `failedPrecondition` for a sync that is not whole.
 */
export async function startReview(input: StartInput): Promise<Campaign> {
  const { folder, reader, syncId, settings, clock } = input;
  const content = reader.content(syncId);
  const sync = reader.syncs().find((one) => one.syncId === syncId)!;
  if (sync.endedAt === undefined) throw notWhole(`the sync ${syncId} is not finished`, "let it finish first");
  if (sync.type !== "full" && !input.allowPartial) {
    throw notWhole(
      `the sync ${syncId} is a ${sync.type} one: it holds a part of the org`,
      "sync the whole org, or say --allow-partial",
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    refuseUsed(folder);
    const counts = new Counting();
    const lines = (function* () {
      let head = EMPTY_CHAIN;
      for (const item of population({
        ...{ content, scopes: settings.scopes, findings: input.findings, words: input.words },
        ...{ earlier: input.earlier, history: input.history },
        findingsFrom: settings.findings === "" ? undefined : settings.findings,
        reviewers: input.reviewers,
        takenAt: parseTime(sync.endedAt ?? sync.startedAt) ?? clock.now(),
      })) {
        counts.add(item);
        const next = chainedLine(head, item);
        head = next.head;
        yield next.line;
      }
    })();
    await writeWhole(join(folder, POPULATION_FILE), lines);
    const stats = content.counts();
    const campaign: Campaign = {
      form: "baton-okta review 1",
      review: KSUID.randomSync(clock.now()).string,
      name: input.name,
      startedAt: new Date(clock.now()).toISOString(),
      startedBy: input.by,
      program: `baton-okta ${version}`,
      settings,
      snapshot: {
        file: basename(reader.path),
        sha256: reader.sha256,
        syncId,
        type: sync.type,
        startedAt: sync.startedAt,
        endedAt: sync.endedAt,
        resources: stats.resources,
        entitlements: stats.entitlements,
        grants: stats.grants,
        missing: content.missing() ?? null,
      },
      grantsKnownFrom: input.history?.from ?? null,
      notJudged: input.notJudged,
      counts: counts.result(),
      reviewers: counts.reviewers(),
    };
    await writeWhole(join(folder, CAMPAIGN_FILE), [
      `${JSON.stringify(JSON.parse(canonicalJson(campaign as never)), null, 2)}\n`,
    ]);
    const files = Object.fromEntries(
      [CAMPAIGN_FILE, POPULATION_FILE].map((name) => [name, sha256(readBytes(folder, name)!)]),
    );
    const started: Started = {
      ...{ kind: "started", time: campaign.startedAt, review: campaign.review, by: input.by, files },
      signedBy: input.key?.thumbprint ?? "",
    };
    if (input.key !== undefined) {
      const { head } = chainedLine(EMPTY_CHAIN, started);
      const signed = { review: campaign.review, what: "started", records: 1, sha256: head.sha256 } as const;
      await writeWhole(join(folder, STARTED_SIGNATURE), [`${await sign(signed, input.key)}\n`]);
    }
    // Before the record: a journal without it would look as if it had been cut short.
    await writeHead(folder, chainedLine(EMPTY_CHAIN, started).head);
    const journal = openJournal(folder, { head: EMPTY_CHAIN, bytes: 0 });
    try {
      await journal.append([started]);
    } finally {
      journal.close();
    }
    return campaign;
  } catch (error) {
    dropLockFile(folder);
    throw error;
  } finally {
    lock.release();
  }
}

function refuseUsed(folder: string): void {
  const names = readdirSync(folder);
  const isBegun = readBytes(folder, JOURNAL_FILE)?.includes(0x0a) ?? false;
  if (!isBegun && names.every((name) => LEFTOVERS.has(name.replace(/\.part$/, "")))) return;
  throw new Failure({
    kind: "usage",
    message: isBegun ? `there is a review in ${folder} already` : `${folder} is not empty`,
    advice: "a review has a folder of its own: give --dir another one",
  });
}

/** Counts items as they are written. */
class Counting {
  readonly #counts = {
    items: 0,
    asked: 0,
    carried: 0,
    unassigned: 0,
    privileged: 0,
    nonHuman: 0,
    temporary: 0,
    withFindings: 0,
    manual: 0,
  };
  readonly #reviewers = new Map<string, number>();

  add(item: Item): void {
    const counts = this.#counts;
    counts.items++;
    if (item.carried) counts.carried++;
    else {
      counts.asked++;
      if (item.reviewer.name === "") counts.unassigned++;
      else this.#reviewers.set(item.reviewer.name, (this.#reviewers.get(item.reviewer.name) ?? 0) + 1);
    }
    if (item.entitlement.privileged) counts.privileged++;
    if (item.principal.kind !== "human") counts.nonHuman++;
    if (item.temporary !== null) counts.temporary++;
    if (item.findings.length > 0) counts.withFindings++;
    if (item.remedy.how === "manual") counts.manual++;
  }

  result(): PopulationCounts {
    return { ...this.#counts };
  }

  reviewers(): Campaign["reviewers"] {
    return [...this.#reviewers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, items]) => ({ name, items }));
  }
}

function notWhole(message: string, advice: string): Failure {
  return new Failure({ kind: "failedPrecondition", message, advice });
}
