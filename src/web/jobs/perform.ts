import type { Dangers } from "../../baton/model/danger.ts";
import type { Rule } from "../../baton/model/finding.ts";
import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { buildAccess } from "../catalog/build-access.ts";
import { buildNames } from "../catalog/build-names.ts";
import { createDatabase, openDatabase } from "../catalog/database.ts";
import { writeChanges } from "../changes/write.ts";
import { writeFindings } from "../findings/write.ts";
import type { Job } from "./job.ts";

/** What jobs are done with. */
export interface JobDeps {
  readonly reader: SnapshotReader;
  /** What syncs are judged by. */
  readonly rules: readonly Rule[];
  /** Which changes are dangerous. */
  readonly dangers: Dangers;
  readonly clock?: Clock;
}

/** Does a job, and leaves its database at `out`. */
export function perform(job: Job, { reader, rules, dangers, clock = systemClock }: JobDeps): void {
  const db = createDatabase(job.out);
  try {
    switch (job.kind) {
      case "names":
        buildNames(reader.content(job.sync), db);
        break;
      case "access": {
        const names = openDatabase(job.names);
        try {
          buildAccess(reader.content(job.sync), names, db);
        } finally {
          names.close();
        }
        break;
      }
      case "findings":
        writeFindings(reader.content(job.sync), rules, takenAt(reader, job.sync) ?? clock.now(), db);
        break;
      case "changes":
        writeChanges(reader.content(job.from), reader.content(job.to), dangers, db);
    }
  } finally {
    db.close();
  }
}

/** When a sync was taken: ages are counted to that moment. */
function takenAt(reader: SnapshotReader, sync: string): number | undefined {
  const run = reader.syncs().find(({ syncId }) => syncId === sync);
  return run && parseTime(run.endedAt ?? run.startedAt);
}
