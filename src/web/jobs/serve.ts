import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { isFailure } from "../../runtime/failure.ts";
import type { Job } from "./job.ts";
import { type JobDeps, perform } from "./perform.ts";

/** A line of what a process that does jobs is sent. */
export interface JobRequest {
  readonly id: number;
  readonly job: Job;
}

/** A line of what it answers. */
export interface JobAnswer {
  readonly id: number;
  /** Absent where the job is done. */
  readonly failure?: { readonly kind: string; readonly message: string; readonly advice?: string };
}

/** Does the jobs that come as lines, one after the other, and answers each. Resolves when there come no more. */
export async function serveJobs(
  input: Readable,
  write: (line: string) => void,
  open: () => Promise<JobDeps>,
): Promise<void> {
  let deps: JobDeps | undefined;
  for await (const line of createInterface({ input })) {
    const { id, job } = JSON.parse(line) as JobRequest;
    const answer: JobAnswer = await (async () => {
      try {
        deps ??= await open();
        perform(job, deps);
        return { id };
      } catch (error) {
        return { id, failure: failureOf(error) };
      }
    })();
    write(`${JSON.stringify(answer)}\n`);
  }
}

function failureOf(error: unknown): NonNullable<JobAnswer["failure"]> {
  if (!isFailure(error)) return { kind: "internal", message: error instanceof Error ? error.message : String(error) };
  const { kind, message, advice } = error;
  return { kind, message, ...(advice !== undefined && { advice }) };
}
