import { text } from "../../baton/model/values.ts";

const DAY_MS = 86_400_000;

/** A credential that is older should be renewed, in days. */
export const MAX_AGE_DAYS = 90;

/** How many whole days ago something was made; `undefined` where its time cannot be read. `now` is by Okta's clock. */
export function ageInDays(created: unknown, now: number): number | undefined {
  const at = Date.parse(text(created));
  return Number.isNaN(at) ? undefined : Math.max(0, Math.floor((now - at) / DAY_MS));
}
