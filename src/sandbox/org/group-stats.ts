import type { GroupEntry } from "./types.ts";

/** Moves a number in a group's stats, where the group has it. */
export function countIn(group: GroupEntry, key: "usersCount" | "appsCount", by: number): void {
  const { stats } = group;
  if (stats !== undefined && typeof stats[key] === "number") stats[key] = Math.max(0, stats[key] + by);
}
