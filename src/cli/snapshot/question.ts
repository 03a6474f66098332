import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import type { Values } from "../../runtime/config/config.ts";
import type { SNAPSHOT_FLAGS } from "../flags/snapshot.ts";
import type { Column, Row } from "./rows.ts";

/** The flags of `snapshot`, as they are set. */
export type SnapshotFlags = Values<typeof SNAPSHOT_FLAGS>;

/** What a question is asked of. */
export interface QuestionInput {
  readonly reader: SnapshotReader;
  readonly content: SyncContent;
  /** What stands after the file. */
  readonly words: readonly string[];
  readonly flags: SnapshotFlags;
}

/** What a question is answered with: rows, and what is said where there are none. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
  /** A table that explains itself: it is printed without a header. */
  readonly plain?: true;
  /** What a row is called, as `grant`. */
  readonly one: string;
  readonly none: string;
}

/** A question over a snapshot, whose answer is a table. */
export interface Question {
  /** What has to stand after the file, as `USER`. */
  readonly takes: readonly string[];
  /** Throws a `Failure`: `usage`, or `notFound` where the snapshot does not hold what is asked about. */
  answer(asked: QuestionInput): Answer;
}
