import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
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

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** Does jobs in a process of their own, so that the server goes on answering. It is started with the first job. */
export function childJobs({ command, args }: JobCommand): JobRunner {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;
  let closed = false;

  function start(): ChildProcess {
    // A group of its own: Ctrl-C is for the server, which ends this by closing its input.
    const started = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      detached: detachesQuietly(),
    });
    const gone = (error?: Error) => {
      if (child === started) child = undefined;
      const message = "the process that works things out ended before it was done";
      for (const { reject } of waiting.values()) {
        reject(new Failure({ kind: "internal", message, ...(error && { cause: error }) }));
      }
      waiting.clear();
    };
    started.once("error", gone);
    started.once("exit", () => gone());
    started.stdin?.on("error", () => {});
    createInterface({ input: started.stdout! }).on("line", (line) => answered(JSON.parse(line) as JobAnswer));
    return started;
  }

  function answered({ id, failure }: JobAnswer): void {
    const one = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) one?.resolve();
    else one?.reject(new Failure({ ...failure, kind: failure.kind as FailureKind }));
    if (waiting.size > 0) return;
    idle = setTimeout(() => child?.stdin?.end(), IDLE_MS);
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
        if (child === undefined || child.stdin?.writableEnded) child = start();
        const request: JobRequest = { id: ++count, job };
        waiting.set(request.id, { resolve, reject });
        child.stdin?.write(`${JSON.stringify(request)}\n`);
      }),
    async close() {
      closed = true;
      clearTimeout(idle);
      const ending = child;
      if (ending === undefined || ending.exitCode !== null) return;
      const exited = new Promise((resolve) => ending.once("exit", resolve));
      ending.kill("SIGKILL");
      await exited;
    },
  };
}
