import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Failure, type FailureKind } from "../../runtime/failure.ts";
import { detachesQuietly } from "../../runtime/system/browser.ts";
import type { Job, JobRunner } from "./job.ts";
import type { JobAnswer, JobRequest } from "./serve.ts";

/** How a process that does jobs is started: {@link serveJobs} reads its standard input. */
export interface JobCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** How long a process may have nothing to do before it is ended, in milliseconds: it keeps a copy of the snapshot open. */
const IDLE_MS = 60_000;

/** A process, and who waits for what it does, by the number of the request. */
interface Worker {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly waiting: Map<number, { resolve(): void; reject(error: Error): void }>;
}

/**
 * Does jobs in a process of their own, so that the server goes on answering. It is started with the first job, and ended
 * where it has nothing to do for `idleMs` milliseconds.
 */
export function childJobs({ command, args }: JobCommand, idleMs: number = IDLE_MS): JobRunner {
  /** Takes jobs. One that was told to end may still be there beside it. */
  let current: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;
  let closed = false;

  function start(): Worker {
    // A group of its own: Ctrl-C is for the server, which ends this by closing its input.
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      detached: detachesQuietly(),
    });
    const worker: Worker = { child, waiting: new Map() };
    const gone = (error?: Error) => {
      if (current === worker) current = undefined;
      const message = "the process that works things out ended before it was done";
      for (const { reject } of worker.waiting.values()) {
        reject(new Failure({ kind: "internal", message, ...(error && { cause: error }) }));
      }
      worker.waiting.clear();
    };
    child.once("error", gone);
    child.once("exit", () => gone());
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (line) => answered(worker, JSON.parse(line) as JobAnswer));
    return worker;
  }

  function answered(worker: Worker, { id, failure }: JobAnswer): void {
    const one = worker.waiting.get(id);
    worker.waiting.delete(id);
    if (failure === undefined) one?.resolve();
    else one?.reject(new Failure({ ...failure, kind: failure.kind as FailureKind }));
    if (worker.waiting.size > 0) return;
    idle = setTimeout(() => {
      worker.child.stdin.end();
      if (current === worker) current = undefined;
    }, idleMs);
    idle.unref();
  }

  return {
    run: (job: Job) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Failure({ kind: "cancelled", message: "the server is ending" }));
          return;
        }
        clearTimeout(idle);
        current ??= start();
        const request: JobRequest = { id: ++count, job };
        current.waiting.set(request.id, { resolve, reject });
        current.child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    async close() {
      closed = true;
      clearTimeout(idle);
      const ending = current?.child;
      if (ending === undefined || ending.exitCode !== null) return;
      const exited = new Promise((resolve) => ending.once("exit", resolve));
      ending.kill("SIGKILL");
      await exited;
    },
  };
}
