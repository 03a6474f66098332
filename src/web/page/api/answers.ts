import type { Session } from "../../api/contract.ts";
import { request } from "./request.ts";

/** So many answers are kept, for going back without waiting. */
const MAX_KEPT = 60;

const kept = new Map<string, unknown>();

/** The answer that was given last, where it is kept. */
export function keptAnswer<T>(path: string): T | undefined {
  return kept.get(path) as T | undefined;
}

/** Asks the server, and keeps the answer: what a snapshot holds does not change while it is looked at. */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await request<T>(path, signal && { signal });
  kept.delete(path);
  if (!isWorking(answer)) kept.set(path, answer);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return answer;
}

/** Forgets all answers, as after something was changed. */
export function forgetAnswers(): void {
  kept.clear();
}

/** Whether an answer, or one of its parts, is still being worked out; of a session: the names of profile fields. */
export function isWorking(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  if ((answer as { state?: unknown }).state === "working") return true;
  const { types } = answer as Partial<Session>;
  if (Array.isArray(types)) return types.some(({ fields }) => fields === null);
  return Object.values(answer).some((part) => (part as { state?: unknown } | null)?.state === "working");
}
