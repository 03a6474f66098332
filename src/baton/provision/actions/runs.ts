import KSUID from "ksuid";
import { type BatonActionSchema, BatonActionStatus } from "../../../gen/c1/connector/v2/action_pb.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Log } from "../../../runtime/log/log.ts";
import type { Action, Call, JsonObject } from "../../connector.ts";
import type { ChangeCall, Operation } from "../audit.ts";
import { checkArguments } from "./arguments.ts";
import { findAction, schemaNamed } from "./find.ts";
import { type ActionRun, formatFailure, type Invocation, MAX_RUN_MS, overtime, until } from "./run.ts";

/** Milliseconds that an invocation is waited for where the caller does not say. */
const DEFAULT_WAIT_MS = 1000;
/** The longest wait that may be asked for at all. */
const MAX_WAIT_MS = 24 * MAX_RUN_MS;
/** How many ended invocations are remembered, and for how long: the oldest go first. */
const MAX_KEPT_RUNS = 1000;
const RETENTION_MS = 24 * MAX_RUN_MS;
/** How many may run at once. */
const MAX_RUNNING = 200;

/** Runs actions and remembers for a day how they went. */
export interface ActionRuns {
  /** The schemas of all actions, or of those of a resource type. */
  schemas(resourceType?: string): readonly BatonActionSchema[];
  /** One schema, of a global action or of one that belongs to a type. Throws `notFound`. */
  schema(name: string): BatonActionSchema;
  /**
   * Starts an action. Whatever it fails with stands in the run's status; what is thrown is `notFound` (no such action,
   * or the wrong scope), `invalidArgument` (a wait out of bounds), `unavailable` (too many run) or, where the caller
   * went away while waiting, the reason of its signal: the action goes on then, an hour at most.
   */
  invoke(invocation: Invocation, call: ChangeCall): Promise<ActionRun>;
  /** How an earlier one stands. Throws `notFound` where its id is unknown or forgotten. */
  status(id: string): ActionRun;
  /** How many run. */
  running(): number;
  /** Resolves when none runs. */
  settled(): Promise<void>;
  /** Ends those that run; they are failed then. */
  stop(): void;
}

/** What runs are made with. `begin` audits the call that a handler makes. */
export interface ActionRunDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly begin: (call: ChangeCall, operation: Operation) => Call;
}

interface Kept {
  run: ActionRun;
  /** Resolves when the run has ended. Never rejects. */
  readonly ended: Promise<void>;
  endedAt?: number;
  readonly abort: AbortController;
}

/** Makes the store of action runs. */
export function createActionRuns(actions: readonly Action[], { clock, log, begin }: ActionRunDeps): ActionRuns {
  const runs = new Map<string, Kept>();
  const running = new Set<Kept>();

  function forget(): void {
    const before = clock.now() - RETENTION_MS;
    let ended = runs.size - running.size;
    for (const [id, { endedAt }] of runs) {
      if (endedAt === undefined || (ended <= MAX_KEPT_RUNS && endedAt >= before)) continue;
      runs.delete(id);
      ended -= 1;
    }
  }

  async function execute(action: Action, args: JsonObject, call: Call, signal: AbortSignal): Promise<JsonObject> {
    const { deadline: _, observe: __, ...rest } = call;
    return await action.run(args, { ...rest, signal });
  }

  function start(action: Action, args: JsonObject, call: Call): Kept {
    const id = KSUID.randomSync(clock.now()).string;
    const { name } = action.schema;
    const abort = new AbortController();
    const end = (kept: Kept, run: ActionRun) => {
      // The first end counts: a handler that comes back after its time was up changes nothing.
      if (kept.endedAt !== undefined) return;
      kept.run = run;
      kept.endedAt = clock.now();
      running.delete(kept);
      // Ended ones stand in the order in which they ended, so that the oldest are forgotten first.
      runs.delete(id);
      runs.set(id, kept);
      forget();
    };
    const failed = (failure: unknown): ActionRun => {
      log.warn("action failed", { action: name, id, error: failure });
      return { id, name, status: BatonActionStatus.FAILED, response: { error: formatFailure(failure) }, failure };
    };
    const work = Promise.resolve()
      .then(() => execute(action, args, call, abort.signal))
      .then(
        (response): ActionRun => ({ id, name, status: BatonActionStatus.COMPLETE, response }),
        (error: unknown) => failed(abort.signal.aborted && !isFailure(error) ? abort.signal.reason : error),
      );
    const timer = new AbortController();
    const late = overtime(abort, timer.signal, clock).then((reason) => reason && failed(reason));
    const kept: Kept = {
      run: { id, name, status: BatonActionStatus.RUNNING },
      abort,
      ended: Promise.race([work, late]).then(async (run) => {
        const last = run ?? (await work);
        timer.abort();
        end(kept, last);
      }),
    };
    runs.set(id, kept);
    running.add(kept);
    return kept;
  }

  return {
    schemas: (resourceType = "") =>
      actions
        .map(({ schema }) => schema)
        .filter(({ resourceTypeId }) => resourceType === "" || resourceTypeId === resourceType),

    schema(name) {
      return schemaNamed(actions, name);
    },

    async invoke({ name, args, resourceType = "", waitMs = 0 }, call) {
      const action = findAction(actions, name, resourceType);
      if (!(waitMs >= 0 && waitMs <= MAX_WAIT_MS)) {
        throw new Failure({ kind: "invalidArgument", message: "inline_wait is not between 0 and 24 hours" });
      }
      call.signal.throwIfAborted();
      if (running.size >= MAX_RUNNING) {
        throw new Failure({
          kind: "unavailable",
          message: `${MAX_RUNNING} actions are running already`,
          advice: "try again when some have ended",
          retryAfterMs: 5000,
        });
      }
      forget();
      const audited = begin(call, operationOf(action.schema, args));
      const checked: Action = {
        schema: action.schema,
        async run(given, inner) {
          checkArguments(action.schema, given);
          return await action.run(given, inner);
        },
      };
      const kept = start(checked, args, audited);
      await until(kept.ended, Math.min(waitMs || DEFAULT_WAIT_MS, MAX_RUN_MS), call.signal, clock);
      return kept.run;
    },

    status(id) {
      forget();
      const kept = runs.get(id);
      if (kept === undefined) {
        throw new Failure({
          kind: "notFound",
          message: `there is no action with the id ${JSON.stringify(id)}`,
          advice: "how an action went is remembered for a day, by the process that ran it",
        });
      }
      return kept.run;
    },

    running: () => running.size,

    async settled() {
      while (running.size > 0) await Promise.all([...running].map(({ ended }) => ended));
    },

    stop() {
      for (const { abort } of running) {
        abort.abort(new Failure({ kind: "cancelled", message: "the program was stopped while the action ran" }));
      }
    },
  };
}

/** Of the arguments only the first goes into the trail, where it is an id: others hold personal data. */
function operationOf(schema: BatonActionSchema, args: JsonObject): Operation {
  const named = schema.arguments.find(({ isRequired, name }) => isRequired && name.endsWith("_id"));
  const value = named === undefined ? undefined : args[named.name];
  const id =
    typeof value === "object" && value !== null && !Array.isArray(value) ? resourceOf(value as JsonObject) : value;
  return { operation: `action ${schema.name}`, ...(typeof id === "string" && id.length <= 200 ? { on: id } : {}) };
}

function resourceOf(value: JsonObject): unknown {
  return value.resource_id ?? value.resourceId ?? value.resource;
}
