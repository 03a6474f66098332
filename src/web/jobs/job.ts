/** Something that takes longer than an answer may: it is done beside the server, once, and written into a database. */
export type Job =
  /** What everything in a sync is called. */
  | { readonly kind: "names"; readonly sync: string; readonly out: string }
  /** Who holds what in a sync; `names` is the database of its names. */
  | { readonly kind: "access"; readonly sync: string; readonly names: string; readonly out: string }
  /** What the rules find in a sync. */
  | { readonly kind: "findings"; readonly sync: string; readonly out: string }
  /** What changed between two syncs. */
  | { readonly kind: "changes"; readonly from: string; readonly to: string; readonly out: string };

/** Does jobs, one after the other. */
export interface JobRunner {
  /** Resolves once `out` is written. Throws a `Failure` that says why it cannot be. */
  run(job: Job): Promise<void>;
  /** Ends what is under way; what waits fails. */
  close(): Promise<void>;
}
