/**
 * The text of a moment as snapshots hold it: `YYYY-MM-DD HH:MM:SS.fffffffff` in UTC, without a zone, with the trailing
 * zeros of the fraction (and a fraction of nothing but zeros) cut. `ms` is milliseconds since the Unix epoch.
 */
export function formatTime(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.?0*Z$/, "");
}

/**
 * Milliseconds since the Unix epoch of a snapshot's time, read as UTC; `undefined` for a text that is no time. Takes a
 * `T` between date and time and a zone too, as other writers may put there.
 */
export function parseTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|[+-]\d\d:?\d\d)?/.exec(text);
  if (!parts) return undefined;
  const [, date, time, fraction = "", zone = "Z"] = parts;
  const ms = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}
