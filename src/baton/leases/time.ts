import { Failure } from "../../runtime/failure.ts";
import { parseTime } from "../snapshot/time.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A length of time as `30m`, `8h`, `1h30m` or `14d`, in milliseconds. Throws a `Failure` of kind `invalidArgument`. */
export function lengthOf(text: string, flag: string): number {
  const parts = /^(\d{1,6}[smhdw])+$/.test(text) ? [...text.matchAll(/(\d+)([smhdw])/g)] : [];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
  if (ms > 0) return ms;
  throw new Failure({
    kind: "invalidArgument",
    message: `${flag} takes a length of time, not ${JSON.stringify(text)}`,
    advice: "write it as 30m, 8h or 14d",
  });
}

/** A time as RFC 3339, or a whole day, which lasts to its end in UTC. Throws a `Failure` of kind `invalidArgument`. */
export function timeOf(text: string, flag: string): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const ms = day ? Date.parse(text) + UNITS.d! : parseTime(text);
  if (ms !== undefined && !Number.isNaN(ms)) return ms;
  throw new Failure({
    kind: "invalidArgument",
    message: `${flag} takes a time, not ${JSON.stringify(text)}`,
    advice: "write it as 2026-01-31T18:00:00Z",
  });
}

/** A time for people and for programs. */
export function shownTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.000Z$/, "Z");
}
