import type { SnapshotReader } from "../../baton/snapshot/reader.ts";
import { buildAccess } from "../catalog/build-access.ts";
import { buildNames } from "../catalog/build-names.ts";
import { createDatabase, openDatabase } from "../catalog/database.ts";
import type { Job } from "./job.ts";

/** What jobs are done with. */
export interface JobDeps {
  readonly reader: SnapshotReader;
}

/** Does a job, and leaves its database at `out`. */
export function perform(job: Job, { reader }: JobDeps): void {
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
      }
    }
  } finally {
    db.close();
  }
}
