import { BatonService, type Task } from "../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import type { Failure } from "../../runtime/failure.ts";
import { noTraces, type Traces } from "../../runtime/traces/traces.ts";
import { backoffMs, MAX_URGENT_BACKOFF_MS } from "./backoff.ts";
import { formatError } from "./format-error.ts";
import { handshake } from "./handshake.ts";
import type { Program } from "./hello.ts";
import { askForTasks } from "./poll.ts";
import { deliver, type FinishedOutcome, finishRequest, type Outcome } from "./tasks/finish.ts";
import { sendHeartbeats } from "./tasks/heartbeat.ts";
import { leftBehind, metricOf } from "./tasks/outcome.ts";
import { runTask, sendHello, type TaskDeps } from "./tasks/run.ts";
import { Stopped } from "./tasks/stopped.ts";
import { kindName } from "./tasks/tasks.ts";

/** The pause after a poll that brought nothing, where the platform names none, in milliseconds. */
const IDLE_MS = 1000;

/** How long what was stopped may take to let go of its files at the very end, in milliseconds. */
const LAST_MS = 1000;

/** How long a poll that is under way may still take when the program is asked to stop, in milliseconds. */
const LAST_POLL_MS = 2000;

/** How long a task other than a sync runs before it counts as long, and its heartbeats say so. */
const LONG_MS = 10_000;

/** What a service is run with. */
export interface ServiceOptions extends TaskDeps {
  readonly program: Program;
  /** How many tasks run at once. */
  readonly concurrency: number;
  /** Take several tasks at a time (`GetTasks`). */
  readonly several: boolean;
  readonly traces?: Traces;
  /** Who speaks in a status' `ErrorInfo`. */
  readonly domain?: string;
  /** Aborted: take no more tasks, end those that run, and return. */
  readonly stop: AbortSignal;
  /** Aborted: the same without waiting for anything. */
  readonly now: AbortSignal;
  /** How long running tasks are waited for when asked to stop, in milliseconds. */
  readonly finishMs?: number;
  /** How long reporting how they ended to the platform is tried, in milliseconds. */
  readonly reportMs?: number;
}

/** A task from when it is taken until the platform knows how it ended. */
interface Running {
  readonly task: Task;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Takes tasks from a platform and does them, until `stop` is aborted and what ran has ended. Throws a {@link Failure}
 * where the platform does not accept the connector's first `Hello`, and nowhere else: whatever goes wrong later is
 * waited out.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const service = new Service(options);
  service.sweep(false);
  if (await handshake(options)) await service.work();
  await service.end();
}

class Service {
  readonly #options: ServiceOptions;
  /** Tasks that occupy a slot. */
  readonly #running = new Map<string, Running>();
  /** Tasks whose end could not be reported for long: they hold up no others. */
  readonly #unreported = new Map<string, Running>();
  /** Tasks that were handed out beyond what was asked for. */
  readonly #waiting: Task[] = [];
  /** Syncs that have files on the disk. They may outlive their tasks where something takes no notice of being stopped. */
  readonly #syncs = new Map<string, Promise<Outcome>>();
  readonly #giveUp = new AbortController();
  /** Ends a poll that is under way: some time after the program was asked to stop, as it may bring a task. */
  readonly #pollEnd = new AbortController();
  #freed = Promise.withResolvers<void>();

  constructor(options: ServiceOptions) {
    this.#options = options;
    options.metrics.gauge("tasksRunning", () => this.#running.size);
    options.metrics.gauge("tasksQueued", () => this.#waiting.length);
  }

  /** Takes tasks until asked to stop. */
  async work(): Promise<void> {
    const { stop, now, clock } = this.#options;
    const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
    const over = new AbortController();
    const patience = AbortSignal.any([over.signal, now]);
    void stopped.then(() => quiet(clock.sleep(LAST_POLL_MS, patience))).then(() => this.#pollEnd.abort());
    await this.#takeTasks(stopped).finally(() => over.abort());
  }

  async #takeTasks(stopped: Promise<void>): Promise<void> {
    const { stop, logs, concurrency } = this.#options;
    let failures = 0;
    while (!stop.aborted) {
      while (this.#waiting.length > 0 && this.#running.size < concurrency) this.#begin(this.#waiting.shift()!);
      if (this.#running.size >= concurrency || this.#waiting.length > 0) {
        await Promise.race([this.#freed.promise, stopped]);
        continue;
      }
      try {
        const pauseMs = await this.#poll();
        failures = 0;
        await this.#sleep(pauseMs);
      } catch (error) {
        if (stop.aborted) return;
        failures += 1;
        const pauseMs = backoffMs(failures, MAX_URGENT_BACKOFF_MS);
        logs.log.warn("the platform could not be asked for tasks", { failures, pauseMs, why: formatError(error) });
        await this.#sleep(pauseMs);
      }
    }
  }

  /** Ends what runs: short tasks by themselves, long ones as cancelled. */
  async end(): Promise<void> {
    const { clock, now, logs, finishMs = 5000, reportMs = 20_000 } = this.#options;
    for (const task of this.#waiting.splice(0)) this.#begin(task, new Stopped("shutdown"));
    const all = () => [...this.#running.values(), ...this.#unreported.values()];
    if (all().length > 0) logs.log.info("stopping: waiting for the tasks that run", { tasks: all().length });
    const done = new AbortController();
    const ended = Promise.all(all().map(({ ended }) => ended)).then(() => done.abort());
    const patience = AbortSignal.any([done.signal, now]);
    await quiet(clock.sleep(finishMs, patience));
    for (const { abort } of all()) abort.abort(new Stopped("shutdown"));
    await quiet(clock.sleep(reportMs, patience));
    this.#giveUp.abort(new Stopped("shutdown"));
    // What takes no notice of being stopped must not keep the program from ending.
    const settled = new AbortController();
    void Promise.all([ended, ...this.#syncs.values()]).then(() => settled.abort());
    await quiet(clock.sleep(LAST_MS, settled.signal));
    for (const taskId of this.#syncs.keys()) this.#options.folder.remove(taskId);
    this.sweep(true);
  }

  /** Removes what earlier runs left: what is too old to be gone on with, or all of it. */
  sweep(all: boolean): void {
    const { folder, clock, logs } = this.#options;
    const tasks = folder.sweep(new Set(all ? [] : this.#running.keys()), all, clock.now());
    if (tasks.length > 0) logs.log.info("removed what interrupted sync tasks had left", { tasks });
  }

  /** Asks for tasks and begins them; answers how long to wait before asking again, in milliseconds. */
  async #poll(): Promise<number> {
    const { platform, hostId, several, concurrency, logs } = this.#options;
    const { signal } = this.#pollEnd;
    const known = [...this.#running.keys(), ...this.#unreported.keys()];
    const room = concurrency - this.#running.size;
    const { tasks, nextPollMs } = await askForTasks(platform, hostId, several ? { room, known } : undefined, signal);
    let begun = 0;
    for (const task of tasks) {
      if (task === undefined || task.taskType.case === "none") continue;
      if (task.id === "") logs.log.warn("a task without an id was passed over", { kind: kindName(task) });
      else if (this.#knows(task.id))
        logs.log.debug("a task that is at work here was handed out again", { taskId: task.id });
      else {
        this.#waiting.push(task);
        begun += 1;
      }
    }
    return nextPollMs || (begun > 0 ? 0 : IDLE_MS);
  }

  #knows(taskId: string): boolean {
    return this.#running.has(taskId) || this.#unreported.has(taskId) || this.#waiting.some(({ id }) => id === taskId);
  }

  /** Does a task; `stopped`: it is not even begun. */
  #begin(task: Task, stopped?: Stopped): void {
    const abort = new AbortController();
    if (stopped !== undefined) abort.abort(stopped);
    const running: Running = { task, abort, ended: this.#do(task, abort) };
    this.#running.set(task.id, running);
    void running.ended.finally(() => {
      this.#running.delete(task.id);
      this.#unreported.delete(task.id);
      this.#free();
    });
  }

  async #do(task: Task, abort: AbortController): Promise<void> {
    const { clock, logs, metrics, traces = noTraces, provisioning } = this.#options;
    const { log } = logs;
    const kind = kindName(task);
    const startedAt = clock.now();
    log.info("task begun", { taskId: task.id, kind });
    const outcome: Outcome = abort.signal.aborted
      ? { kind: "failed", error: abort.signal.reason, nonRetryable: false }
      : await traces.span(`task ${kind}`, { "baton.task_id": task.id }, () => this.#run(task, abort));
    const ms = clock.now() - startedAt;
    if (outcome.kind === "failed") {
      const { error, nonRetryable } = outcome;
      log.warn("task failed", { taskId: task.id, kind, ms, nonRetryable, why: formatError(error) });
    }
    metrics.task(kind, metricOf(outcome, provisioning), ms);
    const reported = await this.#report(task, outcome);
    log.info("task ended", { taskId: task.id, kind, ms, outcome: outcome.kind, reported });
    if (outcome.kind === "done" && task.taskType.case === "syncFull") this.#supersede();
  }

  /** Does the task, heartbeats beside it. What takes no notice of being stopped is not waited for. */
  async #run(task: Task, abort: AbortController): Promise<Outcome> {
    const { platform, hostId, clock, logs } = this.#options;
    const done = new AbortController();
    const isSync = task.taskType.case === "syncFull";
    const beating = sendHeartbeats({
      platform,
      hostId,
      taskId: task.id,
      clock,
      log: logs.log,
      ...(isSync ? {} : { afterMs: LONG_MS }),
      signal: done.signal,
      onStop: (why) => abort.abort(why),
    });
    try {
      const work = runTask(task, this.#options, abort.signal);
      if (isSync) {
        this.#syncs.set(task.id, work);
        void work.finally(() => this.#syncs.delete(task.id));
      }
      return await Promise.race([work, leftBehind(abort.signal, clock, done.signal)]);
    } finally {
      done.abort();
      await beating;
    }
  }

  /** Tells the platform how a task ended. */
  #report(task: Task, outcome: Outcome): Promise<string> {
    const { clock, logs, program, stop } = this.#options;
    const send =
      outcome.kind === "hello"
        ? (signal: AbortSignal) => sendHello(task.id, program, this.#options, signal)
        : this.#finisher(task, outcome);
    return deliver(send, {
      taskId: task.id,
      clock,
      log: logs.log,
      hurry: stop,
      giveUp: this.#giveUp.signal,
      onLong: () => {
        const running = this.#running.get(task.id);
        if (running === undefined) return;
        this.#running.delete(task.id);
        this.#unreported.set(task.id, running);
        this.#free();
      },
    });
  }

  #finisher(task: Task, outcome: FinishedOutcome): (signal: AbortSignal) => Promise<unknown> {
    const { platform, hostId, clock, domain } = this.#options;
    const said = { hostId, taskId: task.id, now: clock.now(), ...(domain === undefined ? {} : { domain }) };
    const request = finishRequest(outcome, said);
    return (signal) => platform.call(BatonService.method.finishTask, request, signal);
  }

  /** What was left of other sync tasks is of no use once a newer one is done. */
  #supersede(): void {
    const { folder, clock, logs } = this.#options;
    const tasks = folder.sweep(new Set(this.#running.keys()), true, clock.now());
    if (tasks.length > 0) logs.log.info("removed what older sync tasks had left", { tasks });
  }

  #free(): void {
    const { resolve } = this.#freed;
    this.#freed = Promise.withResolvers<void>();
    resolve();
  }

  /** Waits, unless the program is asked to stop. */
  async #sleep(ms: number): Promise<void> {
    const { clock, stop } = this.#options;
    await quiet(clock.sleep(ms, stop));
  }
}

/** Waits out a sleep that may be cut short. */
async function quiet(sleep: Promise<void>): Promise<void> {
  await sleep.catch(() => {});
}
