import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { Failure } from "../runtime/failure.ts";
import { CAMPAIGN_FILE, type Campaign, POPULATION_FILE } from "./campaign.ts";
import type { JournalRecord, Started } from "./journal-records.ts";
import type { Item } from "./population/item.ts";
import { sha256 } from "./record/canonical.ts";
import { type Break, type Chained, readChain } from "./record/chain.ts";
import { readBytes } from "./record/files.ts";
import { JOURNAL_FILE, type Journal, openJournal, readHead } from "./record/journal.ts";
import { type FolderLock, lockFolder } from "./record/lock.ts";
import type { Shape } from "./record/shape.ts";
import { CAMPAIGN, ITEM, RECORD } from "./shapes.ts";
import { ReviewState } from "./state.ts";

/** Something in a review's folder that is not as it was written. */
export interface Fault {
  readonly file: string;
  /** From 1; absent where it is about the whole file. */
  readonly line?: number;
  readonly what: string;
}

/** What a review's folder holds, with everything that is wrong with it. */
export interface ReadReview {
  readonly faults: readonly Fault[];
  /** What is worth a word and no fault: a line that a kill cut off. */
  readonly notes: readonly string[];
  readonly records: readonly (JournalRecord & Chained)[];
  readonly hashes: readonly string[];
  /** Absent where the campaign or the journal's first record cannot be read. */
  readonly state: ReviewState | undefined;
  readonly journal: {
    readonly head: { readonly n: number; readonly sha256: string };
    readonly bytes: number;
    readonly torn: Buffer;
  };
}

/** Reads a review's folder and checks all that its journal vouches for from the start on. Throws `notFound` where there is none. */
export function readReview(folder: string): ReadReview {
  const data = readBytes(folder, JOURNAL_FILE);
  if (data === undefined) {
    throw new Failure({
      kind: "notFound",
      message: `there is no review in ${folder}`,
      advice: "check --dir, or begin one: baton-okta review start --name NAME -f FILE --dir DIR --scope TYPE:ID",
    });
  }
  const faults: Fault[] = [];
  const notes: string[] = [];
  const chain = readChain<JournalRecord>(data);
  faults.push(...inFile(JOURNAL_FILE, chain.breaks));
  const { torn, head, bytes, hashes } = chain;
  const records = fitting(JOURNAL_FILE, chain.records, RECORD, faults);
  if (torn.length > 0) {
    notes.push(`${JOURNAL_FILE} ends in ${torn.length} bytes of a line that was cut off: it does not count`);
  }
  const kept = readHead(folder);
  if (kept === undefined)
    faults.push({ file: JOURNAL_FILE, what: "the file that says where it ends is missing or was changed" });
  else if (kept.n > head.n) {
    faults.push({
      file: JOURNAL_FILE,
      what: `was cut short: ${kept.n - head.n} of ${kept.n} records are missing at its end`,
    });
  } else if (chain.breaks.length === 0 && hashes[kept.n - 1] !== kept.sha256) {
    faults.push({ file: JOURNAL_FILE, line: kept.n, what: "was changed: it is not the record that was written" });
  }
  const state = stateOf(folder, records, faults);
  return { faults, notes, records, hashes, state, journal: { head, bytes, torn } };
}

function stateOf(folder: string, records: readonly JournalRecord[], faults: Fault[]): ReviewState | undefined {
  const [first] = records;
  if (first?.kind !== "started") {
    faults.push({ file: JOURNAL_FILE, line: 1, what: "is not the start of a review" });
    return undefined;
  }
  const campaign = frozen(folder, CAMPAIGN_FILE, first, faults);
  const population = frozen(folder, POPULATION_FILE, first, faults);
  if (campaign === undefined || population === undefined) return undefined;
  const chain = readChain<Item>(population);
  faults.push(...inFile(POPULATION_FILE, chain.breaks));
  if (chain.torn.length > 0) faults.push({ file: POPULATION_FILE, what: "ends in a line that was put in or cut off" });
  try {
    const items = new Map(fitting(POPULATION_FILE, chain.records, ITEM, faults).map((item) => [item.id, item]));
    const parsed = JSON.parse(String(campaign)) as Campaign;
    const wrong = CAMPAIGN(parsed);
    if (wrong !== undefined) {
      faults.push({ file: CAMPAIGN_FILE, what: misfit(wrong) });
      return undefined;
    }
    if (items.size !== parsed.counts.items) {
      faults.push({
        file: POPULATION_FILE,
        what: `holds ${items.size} items of the ${parsed.counts.items} that were frozen`,
      });
    }
    return new ReviewState(parsed, items, records);
  } catch {
    faults.push({ file: CAMPAIGN_FILE, what: "was changed: it cannot be read any more" });
    return undefined;
  }
}

/** Lines that are reported, one by one, as not being what they should be. */
const MAX_MISFITS = 20;

/** The lines that are what they should be; of the others it is said which is not. */
function fitting<T extends Chained>(file: string, lines: readonly T[], shape: Shape, faults: Fault[]): T[] {
  let misfits = 0;
  return lines.filter((line) => {
    const wrong = shape(line);
    if (wrong !== undefined && ++misfits <= MAX_MISFITS) faults.push({ file, line: line.n, what: misfit(wrong) });
    return wrong === undefined;
  });
}

function misfit(field: string): string {
  return `cannot be read: ${field === "" ? "it" : JSON.stringify(field)} is not what a review holds there`;
}

/** A file that the start vouches for. */
function frozen(folder: string, name: string, { files }: Started, faults: Fault[]): Buffer | undefined {
  const data = readBytes(folder, name);
  if (data === undefined) faults.push({ file: name, what: "is missing" });
  else if (sha256(data) !== files[name])
    faults.push({ file: name, what: "was changed: its SHA-256 is not that of the start" });
  return data;
}

function inFile(file: string, breaks: readonly Break[]): Fault[] {
  return breaks.map(({ line, what }) => ({ file, line, what }));
}

/** A fault as a line for people. */
export function faultText({ file, line, what }: Fault): string {
  return `${file}${line === undefined ? "" : `, line ${line},`} ${what}`;
}

/** How a review is opened. */
export interface OpenReviewOptions {
  readonly clock?: Clock;
  /** To add to it: nobody else can meanwhile. */
  readonly write?: boolean;
}

/**
 * Opens a review. Throws a {@link Failure}: `notFound`; `failedPrecondition` where anything in the folder is not as it was
 * written, or somebody else is writing.
 */
export async function openReview(folder: string, options: OpenReviewOptions = {}): Promise<Review> {
  const { clock = systemClock, write = false } = options;
  if (!existsSync(join(folder, JOURNAL_FILE))) readReview(folder);
  const lock = write ? lockFolder(folder) : undefined;
  try {
    const read = readWhole(folder);
    const journal = write ? openJournal(folder, read.journal) : undefined;
    const review = new Review(folder, read.state, read.notes, clock, journal, lock);
    if (journal !== undefined) await review.heal(read.journal.torn);
    return review;
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Reads a review. Throws `failedPrecondition` where anything in the folder is not as it was written. */
export function readWhole(folder: string): ReadReview & { readonly state: ReviewState } {
  const read = readReview(folder);
  const { state, faults } = read;
  if (faults.length === 0 && state !== undefined) return { ...read, state };
  throw notAsWritten(folder, faults[0]);
}

/** That a review is not what was written. */
export function notAsWritten(folder: string, fault: Fault | undefined): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `the review in ${folder} is not as it was written: ${fault === undefined ? "" : faultText(fault)}`,
    advice: `see baton-okta review verify --dir ${folder}; nothing is added to it`,
  });
}

/** A review that is open. Close it when done. */
export class Review {
  readonly folder: string;
  readonly state: ReviewState;
  readonly notes: readonly string[];
  readonly clock: Clock;
  readonly #journal: Journal | undefined;
  readonly #lock: FolderLock | undefined;
  #isClosed = false;

  /** Use {@link openReview}. */
  constructor(
    folder: string,
    state: ReviewState,
    notes: readonly string[],
    clock: Clock,
    journal: Journal | undefined,
    lock: FolderLock | undefined,
  ) {
    this.folder = folder;
    this.state = state;
    this.notes = notes;
    this.clock = clock;
    this.#journal = journal;
    this.#lock = lock;
  }

  /** Now, as records say it. */
  time(): string {
    return new Date(this.clock.now()).toISOString();
  }

  /** The journal's end. */
  get head(): { readonly n: number; readonly sha256: string } {
    return this.#writable().head;
  }

  /** Notes what was cut off at the journal's end while it was written, and is taken away by now. */
  async heal(torn: Buffer): Promise<void> {
    if (torn.length === 0) return;
    await this.add([{ kind: "healed", time: this.time(), bytes: torn.length, sha256: sha256(torn) }]);
  }

  /** Does something that adds to it: it is nobody else's meanwhile, as it is open for writing. */
  write<T>(work: (review: Review) => Promise<T>): Promise<T> {
    return work(this);
  }

  /** Adds records, which are on the disk when this returns. Throws `failedPrecondition` where the review is closed. */
  async add(records: readonly JournalRecord[]): Promise<void> {
    if (this.state.closed !== undefined) {
      throw new Failure({
        kind: "failedPrecondition",
        message: `the review ${JSON.stringify(this.state.campaign.name)} was closed on ${this.state.closed.time}`,
        advice: "nothing is added to it any more: begin a new one, with --changed-since this one",
      });
    }
    await this.#writable().append(records);
    for (const record of records) this.state.take(record);
  }

  #writable(): Journal {
    if (this.#journal !== undefined) return this.#journal;
    throw new Failure({ kind: "internal", message: "the review was opened to be read only" });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#journal?.close();
    this.#lock?.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
