import type { JobRunner } from "./job.ts";
import { type JobDeps, perform } from "./perform.ts";

/** Does jobs in this process, which answers nothing meanwhile: for snapshots that are small. */
export function inProcessJobs(deps: JobDeps): JobRunner {
  return {
    run: async (job) => {
      await new Promise((resolve) => setImmediate(resolve));
      perform(job, deps);
    },
    close: async () => {},
  };
}
