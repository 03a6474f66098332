import { Failure } from "../../runtime/failure.ts";

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

/** A day, or a time with or without seconds and a zone. Source: RFC 3339. */
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|z|[+-]\d\d:\d\d)?)?$/;

/**
 * A time as RFC 3339, in UTC where it names no zone, or a whole day, which lasts to its end in UTC. Throws a `Failure` of
 * kind `invalidArgument`, as for a day that its month does not have.
 */
export function timeOf(text: string, flag: string): number {
  const [, year, month, day, time, seconds = ":00", zone = "Z"] = TIME.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes the 30th of February for a day in March.
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
  const ms = !isDay
    ? Number.NaN
    : time === undefined
      ? midnight + UNITS.d!
      : Date.parse(`${date}T${time}${seconds}${zone}`);
  if (!Number.isNaN(ms)) return ms;
  throw new Failure({
    kind: "invalidArgument",
    message: `${flag} takes a time, not ${JSON.stringify(text)}`,
    advice: "write it as 2026-01-31T18:00:00Z, or with a zone as 2026-01-31T18:00:00+01:00",
  });
}

/** The longest time that a lease may lie ahead, in milliseconds: ten years. What is longer is a slip, or standing access. */
const MAX_AHEAD_MS = 10 * 365.25 * UNITS.d!;

/** Throws a `Failure` of kind `invalidArgument` where a lease cannot end then: it is not ahead, or too far. */
export function checkEnd(ends: number, now: number): void {
  if (ends > now && ends <= now + MAX_AHEAD_MS) return;
  const tooFar = ends > now;
  throw new Failure({
    kind: "invalidArgument",
    message: tooFar
      ? "the end of the lease is more than ten years ahead"
      : `the end of the lease is not ahead: ${shownTime(ends)} is past, it is ${shownTime(now)}`,
    advice: tooFar ? "give a time in between, or grant it without an end" : "give a time that is still to come",
    field: "until",
  });
}

/** A time for people and for programs. */
export function shownTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
