import type { SyncInfo } from "../../api/contract.ts";
import { useSession } from "../api/session.ts";
import { secondText, timeText } from "../design/text.ts";

/**
 * What a sync is called among others: when it ended, and what it is where it is no whole one. The seconds are said where
 * another one ended within the same minute.
 */
export function syncName(sync: SyncInfo, among: readonly SyncInfo[]): string {
  const name = named(sync, timeText);
  const twice = among.some((other) => other.id !== sync.id && named(other, timeText) === name);
  return twice ? named(sync, secondText) : name;
}

/** Names syncs among those of the file. */
export function useSyncName(): (sync: SyncInfo) => string {
  const { syncs } = useSession();
  return (sync) => syncName(sync, syncs);
}

function named({ type, startedAt, endedAt }: SyncInfo, textOf: (time: string) => string): string {
  const when = endedAt ?? startedAt;
  const at = when === null ? "Time not stated" : textOf(when);
  const marks = [...(type === "full" ? [] : [type]), ...(endedAt === null ? ["not finished"] : [])];
  return marks.length === 0 ? at : `${at} · ${marks.join(", ")}`;
}
