import type { SyncInfo } from "../../api/contract.ts";
import { timeText } from "../design/text.ts";

/** What a sync is called: when it ended, and what it is where it is no whole one. */
export function syncName({ type, startedAt, endedAt }: SyncInfo): string {
  const when = endedAt ?? startedAt;
  const at = when === null ? "Time not stated" : timeText(when);
  const marks = [...(type === "full" ? [] : [type]), ...(endedAt === null ? ["not finished"] : [])];
  return marks.length === 0 ? at : `${at} · ${marks.join(", ")}`;
}
