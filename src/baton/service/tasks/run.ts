import { create, type DescMessage, type DescMethodUnary, type MessageShape } from "@bufbuild/protobuf";
import { BatonActionStatus, type InvokeActionResponse } from "../../../gen/c1/connector/v2/action_pb.ts";
import { ConnectorService } from "../../../gen/c1/connector/v2/connector_pb.ts";
import { BatonService, type Task } from "../../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { ChangeCall } from "../../provision/audit.ts";
import type { Served } from "../../rpc/server/service.ts";
import { helloRequest, type Program } from "../hello.ts";
import type { Platform } from "../platform/platform.ts";
import type { Outcome } from "./finish.ts";
import { runSync, type SyncTaskDeps } from "./sync.ts";
import { CALL_TASKS, kindName, MalformedTask } from "./tasks.ts";

/** Task ids are 27 letters and digits. Source: the Baton contract. */
const TASK_ID = /^[0-9A-Za-z]{27}$/;

/** What tasks are done with. */
export interface TaskDeps extends SyncTaskDeps {
  /** The connector's own services, as gRPC serves them. */
  readonly services: readonly Served[];
  /** Whether the services let anything be changed. */
  readonly provisioning: boolean;
  /** Who is behind the tasks, as audit trails name it. */
  readonly actor: string;
  /** Why an action failed, by its id, where that is known better than its answer says. */
  readonly failureOfAction?: (id: string) => unknown;
}

/** Does a task. Never throws: what goes wrong is how the task ends. */
export async function runTask(task: Task, deps: TaskDeps, signal: AbortSignal): Promise<Outcome> {
  const once = task.taskType.case === undefined || (CALL_TASKS[task.taskType.case]?.once ?? false);
  try {
    if (!TASK_ID.test(task.id)) {
      throw new MalformedTask({
        kind: "invalidArgument",
        message: "the task's id is not 27 letters and digits",
        field: "id",
      });
    }
    const { taskType } = task;
    if (taskType.case === "hello") return { kind: "hello" };
    if (taskType.case === "syncFull") return await runSync(task, taskType.value, deps, signal);
    return await runCall(task, deps, signal);
  } catch (error) {
    const shown = signal.aborted ? signal.reason : error;
    return { kind: "failed", error: shown, nonRetryable: once || isFinal(shown, deps) };
  }
}

/** Whether a failure is the same at the next try, whatever the task: without leave to change anything, too. */
function isFinal(error: unknown, { provisioning }: TaskDeps): boolean {
  if (error instanceof MalformedTask || isFailure(error, "unimplemented")) return true;
  return !provisioning && isFailure(error, "failedPrecondition");
}

async function runCall(task: Task, deps: TaskDeps, signal: AbortSignal): Promise<Outcome> {
  const kind = task.taskType.case;
  const known = kind === undefined ? undefined : CALL_TASKS[kind];
  if (known === undefined) {
    throw new Failure({ kind: "unimplemented", message: `this connector has no tasks of kind ${kindName(task)}` });
  }
  const { method, request } = known.call(task);
  const message = await callInProcess(deps.services, method, request, {
    signal,
    client: task.id,
    actor: `${deps.actor}, task ${task.id}`,
  });
  const response = { schema: method.output, message };
  if (kind === "actionInvoke") {
    const error = failureOf(message as unknown as InvokeActionResponse, deps);
    if (error !== undefined) return { kind: "failed", error, nonRetryable: false, response };
  }
  return { kind: "done", response };
}

/** What an invocation failed with, in the words of its answer; `undefined` where it did not fail. */
function failureOf({ id, status, response }: InvokeActionResponse, deps: TaskDeps): Failure | undefined {
  if (status !== BatonActionStatus.FAILED) return undefined;
  const text = response?.error;
  const known = deps.failureOfAction?.(id);
  return new Failure({
    kind: isFailure(known) ? known.kind : "internal",
    message: typeof text === "string" && text !== "" ? text : "the action failed",
    ...(isFailure(known) && known.answer !== undefined ? { answer: known.answer } : {}),
    ...(isFailure(known) && known.retryAfterMs !== undefined ? { retryAfterMs: known.retryAfterMs } : {}),
  });
}

/** Calls one of the connector's own services. */
export async function callInProcess<I extends DescMessage, O extends DescMessage>(
  services: readonly Served[],
  method: DescMethodUnary<I, O>,
  request: unknown,
  call: ChangeCall,
): Promise<MessageShape<O>> {
  const served = services.find(({ service }) => service.typeName === method.parent.typeName);
  const handler = served?.handlers[method.localName];
  if (handler === undefined) {
    throw new Failure({ kind: "unimplemented", message: `this connector has no ${method.parent.name}` });
  }
  return create(method.output, await handler(request, call));
}

/** Says hello: at the start, or in answer to a task. */
export async function sendHello(
  taskId: string,
  program: Program,
  deps: { readonly platform: Platform; readonly hostId: string; readonly services: readonly Served[] },
  signal: AbortSignal,
): Promise<void> {
  const { platform, hostId, services } = deps;
  const { metadata } = await callInProcess(
    services,
    ConnectorService.method.getMetadata,
    create(ConnectorService.method.getMetadata.input),
    { signal },
  );
  if (metadata === undefined) throw new Failure({ kind: "internal", message: "the connector says nothing of itself" });
  await platform.call(BatonService.method.hello, helloRequest(hostId, taskId, program, metadata), signal);
}
