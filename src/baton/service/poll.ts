import { create } from "@bufbuild/protobuf";
import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import {
  BatonService,
  BatonServiceGetTaskRequestSchema,
  BatonServiceGetTasksRequestSchema,
  type Task,
} from "../../gen/c1/connectorapi/baton/v1/baton_pb.ts";
import { MAX_BACKOFF_MS } from "./backoff.ts";
import type { Platform } from "./platform/platform.ts";

/** What a platform answers to a poll. */
export interface Polled {
  readonly tasks: readonly (Task | undefined)[];
  /** How long it wants to be left alone, in milliseconds; 0 where it does not say. */
  readonly nextPollMs: number;
}

/** How many tasks there is room for, and the ids of those that are at work here already. */
export interface TaskRoom {
  readonly room: number;
  readonly known: readonly string[];
}

/** Asks the platform for tasks: for several (`GetTasks`) where there is `room` for them, else for one (`GetTask`). */
export async function askForTasks(
  platform: Platform,
  hostId: string,
  several: TaskRoom | undefined,
  signal: AbortSignal,
): Promise<Polled> {
  if (several !== undefined) {
    const { room: pageSize, known } = several;
    const request = create(BatonServiceGetTasksRequestSchema, { hostId, pageSize, knownTaskIds: [...known] });
    const { tasks, nextPoll: next } = await platform.call(BatonService.method.getTasks, request, signal);
    return { tasks, nextPollMs: nextPoll(next) };
  }
  const request = create(BatonServiceGetTaskRequestSchema, { hostId });
  const { task, nextPoll: next } = await platform.call(BatonService.method.getTask, request, signal);
  return { tasks: [task], nextPollMs: nextPoll(next) };
}

/** The pause that the platform asks for, in milliseconds: five minutes at most. */
export function nextPoll(said: Duration | undefined): number {
  return said === undefined ? 0 : Math.min(MAX_BACKOFF_MS, Math.max(0, durationMs(said)));
}
