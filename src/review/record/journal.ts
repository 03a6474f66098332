import { closeSync, constants, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../runtime/failure.ts";
import { type ChainHead, chainedLine } from "./chain.ts";
import { readBytes, writeAll, writeWhole } from "./files.ts";

/** The journal: everything that happened in a review, a record a line. */
export const JOURNAL_FILE = "journal.jsonl";
/** How many records the journal has, and the hash of the last: kept apart, so that a journal cut short is seen. */
export const HEAD_FILE = "journal.head.json";

/** Where records go. */
export interface Journal {
  readonly head: ChainHead;
  /** Adds records; they are on the disk when this returns. */
  append(records: readonly object[]): Promise<void>;
  close(): void;
}

/** What a journal is opened at: its head, and how many bytes of it are whole lines. */
export interface JournalEnd {
  readonly head: ChainHead;
  readonly bytes: number;
}

/** Opens the journal of a folder to add to it. What was cut off while it was written is taken away from its end. */
export function openJournal(folder: string, end: JournalEnd): Journal {
  const file = openSync(join(folder, JOURNAL_FILE), "a", 0o600);
  const headFile = openSync(join(folder, HEAD_FILE), constants.O_WRONLY | constants.O_CREAT, 0o600);
  ftruncateSync(file, end.bytes);
  let { head, bytes } = end;
  return {
    get head() {
      return head;
    },
    async append(records) {
      if (records.length === 0) return;
      let next = head;
      const lines: string[] = [];
      for (const record of records) {
        const made = chainedLine(next, record);
        next = made.head;
        lines.push(made.line);
      }
      const data = Buffer.from(lines.join(""));
      try {
        writeAll(file, data);
        fsyncSync(file);
      } catch (cause) {
        // What is there of them is no content: the next record must not stand behind half of one.
        ftruncateSync(file, bytes);
        throw new Failure({
          kind: "failedPrecondition",
          message: `the review's journal in ${folder} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
          advice: "make room: nothing is decided or revoked without it",
          cause,
        });
      }
      bytes += data.length;
      head = next;
      // Over the old one, in place: a head that is behind is none the worse, and the journal is on the disk.
      writeSync(headFile, headText(head), 0);
    },
    close() {
      closeSync(file);
      closeSync(headFile);
    },
  };
}

/** Keeps where a journal will end that is not there yet. */
export async function writeHead(folder: string, head: ChainHead): Promise<void> {
  await writeWhole(join(folder, HEAD_FILE), [headText(head)]);
}

/** Always of the same length, as it is written over. */
function headText({ n, sha256 }: ChainHead): string {
  return `${JSON.stringify({ sha256, records: n }).padEnd(110)}\n`;
}

/** What the head's file says; `undefined` where there is none, or it says nothing. */
export function readHead(folder: string): ChainHead | undefined {
  try {
    const { records, sha256 } = JSON.parse(String(readBytes(folder, HEAD_FILE) ?? ""));
    return Number.isSafeInteger(records) && typeof sha256 === "string" ? { n: records, sha256 } : undefined;
  } catch {
    return undefined;
  }
}
