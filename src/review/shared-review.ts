import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { isFailure } from "../runtime/failure.ts";
import type { JournalRecord } from "./journal-records.ts";
import { type ChainHead, readChain } from "./record/chain.ts";
import { JOURNAL_FILE, openJournal } from "./record/journal.ts";
import { type FolderLock, lockFolder } from "./record/lock.ts";
import { notAsWritten, Review, readWhole } from "./review.ts";
import { RECORD } from "./shapes.ts";
import type { ReviewState } from "./state.ts";

/** A review that is looked at and decided on for long. */
export interface ReviewDesk {
  readonly clock: Clock;
  /** As it stands by now. Throws a `Failure` of kind `failedPrecondition` where it is not as it was written any more. */
  readonly state: ReviewState;
  /** Adds to it: nobody else can meanwhile. Throws `failedPrecondition` where another process writes and goes on writing. */
  write<T>(work: (review: Review) => Promise<T>): Promise<T>;
}

/** How long another process that writes is waited for, in milliseconds, and how long between two tries. */
const LOCK_TIMEOUT_MS = 3_000;
const LOCK_RETRY_MS = 50;

/**
 * A review that other processes write to as well: it is locked for each write only, and what others added since is read
 * before whatever looks at it or adds to it.
 */
export class SharedReview implements ReviewDesk {
  readonly clock: Clock;
  readonly #folder: string;
  readonly #state: ReviewState;
  #head: ChainHead;
  /** How many bytes of the journal are known. */
  #bytes: number;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, clock: Clock, { state, journal }: ReturnType<typeof readWhole>) {
    this.clock = clock;
    this.#folder = folder;
    this.#state = state;
    this.#head = journal.head;
    this.#bytes = journal.bytes;
  }

  /** Opens a review as `openReview` does, without keeping others from writing to it. */
  static open(folder: string, clock: Clock = systemClock): SharedReview {
    return new SharedReview(folder, clock, readWhole(folder));
  }

  get state(): ReviewState {
    this.#catchUp();
    return this.#state;
  }

  write<T>(work: (review: Review) => Promise<T>): Promise<T> {
    const next = this.#writing.then(() => this.#write(work));
    this.#writing = next.catch(() => {});
    return next;
  }

  async #write<T>(work: (review: Review) => Promise<T>): Promise<T> {
    const lock = await this.#locked();
    let review: Review | undefined;
    try {
      const torn = this.#catchUp();
      const journal = openJournal(this.#folder, { head: this.#head, bytes: this.#bytes });
      review = new Review(this.#folder, this.#state, [], this.clock, journal, lock);
      await review.heal(torn);
      return await work(review);
    } finally {
      if (review !== undefined) {
        this.#head = review.head;
        this.#bytes = statSync(join(this.#folder, JOURNAL_FILE)).size;
        review.close();
      } else lock.release();
    }
  }

  /** Takes in what others have added; what is left is a line that is being written, or was cut off. */
  #catchUp(): Buffer {
    const { records, breaks, head, bytes, torn } = readChain<JournalRecord>(this.#added(), this.#head);
    const misfit = records.find((record) => RECORD(record) !== undefined);
    const what = breaks[0] ?? (misfit && { line: misfit.n, what: "is no record of a review" });
    if (what !== undefined) throw notAsWritten(this.#folder, { file: JOURNAL_FILE, ...what });
    for (const record of records) this.#state.take(record);
    this.#head = head;
    this.#bytes += bytes;
    return torn;
  }

  /** What stands in the journal behind what is known. */
  #added(): Buffer {
    const file = openSync(join(this.#folder, JOURNAL_FILE), "r");
    try {
      const { size } = fstatSync(file);
      const what = "was cut short while it was in use";
      if (size < this.#bytes) throw notAsWritten(this.#folder, { file: JOURNAL_FILE, what });
      const data = Buffer.alloc(size - this.#bytes);
      return data.subarray(0, readSync(file, data, 0, data.length, this.#bytes));
    } finally {
      closeSync(file);
    }
  }

  async #locked(): Promise<FolderLock> {
    for (let waited = 0; ; waited += LOCK_RETRY_MS) {
      try {
        return lockFolder(this.#folder);
      } catch (error) {
        if (!isFailure(error, "failedPrecondition") || waited >= LOCK_TIMEOUT_MS) throw error;
      }
      await systemClock.sleep(LOCK_RETRY_MS);
    }
  }
}
