import type { SyncContent } from "../../baton/snapshot/content.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import type { Values } from "../../runtime/config/config.ts";
import type { SNAPSHOT_FLAGS } from "../flags/snapshot.ts";
import type { Answer } from "./rows.ts";

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

/** A question over a snapshot, whose answer is a table. */
export interface Question {
  /** What has to stand after the file, as `USER`. */
  readonly takes: readonly string[];
  /** Throws a `Failure`: `usage`, or `notFound` where the snapshot does not hold what is asked about. */
  answer(asked: QuestionInput): Answer;
}
