import type { FullEvery } from "../../baton/sync/incremental/state.ts";
import type { IncrementalChoice } from "../../baton/sync/options.ts";
import { Failure } from "../../runtime/failure.ts";
import type { FlagValues } from "../flags/flags.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The shortest time between two syncs, in milliseconds. */
const MIN_EVERY_MS = 1000;

/** A time as `90s`, `5m`, `24h`, `7d` or `1h30m`, in milliseconds; `undefined` where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)([smhd])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit!]!, 0);
}

/** How often everything is read: a time, or a number of syncs. Throws a {@link Failure} of kind `usage`. */
export function parseFullEvery(text: string): FullEvery {
  const runs = /^\d+$/.test(text) ? Number(text) : undefined;
  if (runs !== undefined && runs > 0) return { runs };
  const ms = runs === undefined ? parseDuration(text) : undefined;
  if (ms !== undefined && ms > 0) return { ms };
  throw new Failure({
    kind: "usage",
    message: `--full-every takes a time or a number of syncs, not ${JSON.stringify(text)}`,
    advice: "write 24h or 7d, or 10 for every tenth sync",
  });
}

/** What the flags say of syncs that read only what has changed; `undefined` where everything is to be read. */
export function incrementalOf(values: FlagValues): IncrementalChoice | undefined {
  const fullEvery = parseFullEvery(values["full-every"]);
  if (!values.incremental && !values.watch) return undefined;
  return { verifySample: values["verify-sample"], fullEvery };
}

/** How long after the start of one sync the next one starts, in milliseconds; `undefined` where there is only one. */
export function watchEvery(values: FlagValues): number | undefined {
  const ms = parseDuration(values.every);
  if (ms === undefined || ms < MIN_EVERY_MS) {
    throw new Failure({
      kind: "usage",
      message: `--every takes a time of at least a second, not ${JSON.stringify(values.every)}`,
      advice: "write it as 90s, 5m or 1h",
    });
  }
  if (!values.watch) return undefined;
  if (values["sync-resources"].length > 0 || values["skip-entitlements-and-grants"] || values["skip-grants"]) {
    throw new Failure({
      kind: "usage",
      message: "--watch keeps a full snapshot current, and --sync-resources and the --skip flags make none",
      advice: "leave them out, or --watch",
    });
  }
  return ms;
}
