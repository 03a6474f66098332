import type { SyncContent } from "../../snapshot/content.ts";
import type { SyncRun } from "../../snapshot/reader.ts";

/** What is exported. */
export interface ExportSource {
  readonly content: SyncContent;
  readonly sync: SyncRun;
  /** Where the snapshot came from, as `acme.okta.com`; empty where nobody says. */
  readonly org: string;
  /** SHA-256 of the snapshot file, in hex. */
  readonly snapshotSha256: string;
  /** The program's version. */
  readonly version: string;
}

/** A file of an export, in pieces: none of them is longer than some megabytes. */
export interface ExportedFile {
  readonly name: string;
  write(): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
}

/** A form in which a snapshot is exported. */
export interface ExportForm {
  /** What it is, for help and errors. */
  readonly about: string;
  /** Whether its first file may go to standard output by itself. */
  readonly stream: boolean;
  files(source: ExportSource): readonly ExportedFile[];
}
