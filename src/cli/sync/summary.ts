import { MAX_QUIET_VANISHED } from "../../baton/sync/checks/vanished.ts";
import type { Increment, Refused, SyncResult } from "../../baton/sync/options.ts";
import type { BucketView, ClientStats } from "../../okta/api/client.ts";
import type { Reached } from "../../okta/plan/reached.ts";
import { printable } from "../../runtime/printable-text.ts";
import { capitalize } from "../errors.ts";
import { bytes, type Cell, count, duration, pluralize, table, wrap } from "../terminal/layout.ts";

/** Waits shorter than this, all together, are nobody's concern: the first call to a limit always waits a little. */
const MIN_REPORTED_WAIT_MS = 1000;

/** All that the closing summary of a sync is made of. */
export interface SyncReport {
  readonly what: string;
  readonly file: string;
  readonly elapsedMs: number;
  readonly result: SyncResult;
  /** Whether only what has changed was to be read. */
  readonly incremental?: boolean;
  /** Calls that this run had made before the sync began. */
  readonly callsBefore?: number;
  /** How much of what the limits allow was reached; absent where they did not decide, or calls of other runs are missing. */
  readonly reached?: Reached | undefined;
  readonly buckets: readonly BucketView[];
  /** Absent where Okta was not asked, but somebody else's connector. */
  readonly stats?: ClientStats | undefined;
}

/** The summary as plain data: for `-o json` and for the log. */
export function summaryData({
  what,
  file,
  elapsedMs,
  result,
  buckets,
  stats,
  incremental,
  callsBefore,
  reached,
}: SyncReport): Record<string, unknown> {
  return {
    org: what,
    file,
    syncId: result.syncId,
    syncType: result.syncType,
    resumed: result.resumed,
    elapsedMs: Math.round(elapsedMs),
    fileBytes: result.fileBytes,
    resources: result.counts.resources,
    entitlements: result.counts.entitlements,
    grants: result.counts.grants,
    pages: result.pages,
    ...(incremental && result.increment && { incremental: result.increment }),
    ...(stats && {
      calls: { ...callsData(stats, buckets), ...(callsBefore ? { ofThisSync: stats.calls - callsBefore } : {}) },
    }),
    ...(reached && { reached }),
    notReadable: result.refused.filter((one) => one.sort !== "incomplete").map(missingData),
    incomplete: result.refused.filter((one) => one.sort === "incomplete").map(missingData),
    notFound: result.skipped.map(({ type, id }) => `${type}:${id}`),
    vanished: result.vanished,
    leftOut: result.leftOut,
    timings: result.timings,
  };
}

function missingData({ what, why, on, requestId, count: times }: Refused) {
  return {
    what,
    why,
    times,
    ...(on === undefined ? {} : { example: on }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function callsData(stats: ClientStats, buckets: SyncReport["buckets"]) {
  return {
    total: stats.calls,
    bytes: stats.bytes,
    refusedByLimits: stats.refusals,
    triedAgain: stats.retries,
    byLimit: Object.fromEntries(
      buckets.map(({ name, calls, waits, waitedMs, refusals, limit }) => [
        name,
        { calls, waits, waitedMs: Math.round(waitedMs), refusals, ...(limit === undefined ? {} : { limit }) },
      ]),
    ),
  };
}

/** The summary for people. */
export function renderSummary(report: SyncReport, width: number): string {
  const { result, what, file, elapsedMs } = report;
  const kind = { full: "Synced", partial: "Synced parts of", resources_only: "Synced the resources of" }[
    result.syncType
  ];
  const resumed = result.resumed ? ", going on with a sync that was interrupted" : "";
  const parts = [
    `${kind} ${what} into ${printable(file)} (${bytes(result.fileBytes)}) in ${duration(elapsedMs)}${resumed}.\n`,
    ...(report.incremental && result.increment
      ? [wrap(incrementText(result.increment, report), width).join("\n").concat("\n")]
      : []),
    countsTable(result.counts),
    ...(report.stats ? [`${callsTable(report, report.stats)}${reachedText(report.reached, width)}`] : []),
  ];
  const [incomplete, unread] = [true, false].map((is) =>
    result.refused.filter((one) => (one.sort === "incomplete") === is),
  );
  if (unread!.length > 0) parts.push(refusedText(unread!, width));
  if (incomplete!.length > 0) parts.push(incompleteText(incomplete!, width));
  const left = leftOutText(result, width);
  if (left !== "") parts.push(left);
  return `${parts.join("\n")}`;
}

/** How a sync was made that was to read only what has changed. */
function incrementText(increment: Increment, { stats, callsBefore = 0 }: SyncReport): string {
  const { mode, why, readAgain, removed, sampled, sampleMismatches, countMismatches, blind, runs } = increment;
  if (mode === "full") return `Read everything${why === undefined ? "" : `: ${why}`}.`;
  const proofs = [
    `${pluralize(sampled, "object")} read again as a sample, ${pluralize(sampleMismatches, "mismatch", "mismatches")}`,
    ...(countMismatches > 0 ? [`${pluralize(countMismatches, "size")} not as stored, and read again`] : []),
  ];
  const cost = stats === undefined ? "" : `; the sync took ${pluralize(stats.calls - callsBefore, "call")}`;
  const said = [
    `Read only what has changed: ${pluralize(readAgain, "list")} again, ${pluralize(removed, "object")} gone; the rest is carried over (${pluralize(runs, "sync", "syncs")} since everything was read).`,
    `Proof: ${proofs.join("; ")}.`,
    ...blind.map((what) => `NOT SEEN: ${what}${cost}.`),
  ];
  return said.join(" ");
}

/** Counts by resource type, with their sums. */
export function countsTable(counts: SyncResult["counts"]): string {
  const types = [...new Set([counts.resources, counts.entitlements, counts.grants].flatMap((by) => Object.keys(by)))];
  const row = (type: string): Cell[] => [
    type,
    counts.resources[type] ?? 0,
    counts.entitlements[type] ?? 0,
    counts.grants[type] ?? 0,
  ];
  const rows = types.map(row);
  const sum = (i: number) => rows.reduce((total, cells) => total + Number(cells[i]), 0);
  return table(["", "resources", "entitlements", "grants"], [...rows, ["total", sum(1), sum(2), sum(3)]]);
}

function callsTable({ result, buckets, elapsedMs }: SyncReport, stats: ClientStats): string {
  const busy = buckets
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls || a.name.localeCompare(b.name));
  const rows = busy.map(({ name, calls, limit, waits, waitedMs, refusals }): Cell[] => [
    name,
    calls,
    limit === undefined ? "" : `limit ${count(limit)} a minute`,
    waitedMs < MIN_REPORTED_WAIT_MS ? "" : `${count(waits)} waited, ${duration(waitedMs / waits)} each`,
    refusals === 0 ? "" : `${count(refusals)} refused (429)`,
  ]);
  const retries = Object.entries(stats.retries).map(([reason, times]) => `${reason}: ${count(times)}`);
  const again = retries.length === 0 ? "" : `, tried again (${retries.join(", ")})`;
  const perSecond = elapsedMs < 1000 ? "" : ` at ${(stats.calls / (elapsedMs / 1000)).toFixed(1)} a second`;
  const refused = stats.refusals === 0 ? "none refused by a limit" : `${count(stats.refusals)} refused by a limit`;
  return `Calls to Okta${result.resumed ? " by this run" : ""}: ${count(stats.calls)}${perSecond}, ${refused}${again}.\n${table(undefined, rows)}`;
}

/** How much of the possible was reached, where the limits decide how long a sync lasts. */
function reachedText(reached: Reached | undefined, width: number): string {
  if (reached === undefined) return "";
  const { share, floorMs, bucket } = reached;
  const text = `${count(share * 100)} % of the possible was reached: with all of each limit reading would have lasted ${duration(floorMs)}, by the limit of ${bucket}.`;
  return `${wrap(text, width).join("\n")}\n`;
}

/** What Okta refused or failed to show: whoever reads the snapshot must not take it for "nobody". */
function refusedText(missing: readonly Refused[], width: number): string {
  const lines = missing.map(({ sort, what, why, on, requestId, count: times }) => {
    const example = on === undefined || sort !== undefined ? "" : `, as for ${on}`;
    const request = requestId === undefined ? "" : ` (request ${requestId})`;
    const details =
      sort === undefined ? `refused ${pluralize(times, "time")}${example}` : "could not be read, nor when tried again";
    return item(`${what}: ${details}${request}. ${capitalize(why)}.`, width);
  });
  return `NOT READABLE: this is missing from the snapshot. It does not mean that there is nobody.\n${lines.join("")}`;
}

/** What contradicts what Okta says elsewhere, after it was read once more. */
function incompleteText(missing: readonly Refused[], width: number): string {
  const lines = missing.map(({ what, why }) => item(`${what}: ${why}.`, width));
  return `INCOMPLETE: what Okta listed does not agree with what it says elsewhere. Something may be missing here.\n${lines.join("")}`;
}

function item(text: string, width: number): string {
  return wrap(printable(text), width - 4)
    .map((line, i) => `  ${i === 0 ? "- " : "  "}${line}\n`)
    .join("");
}

function leftOutText({ skipped, vanished, leftOut }: SyncResult, width: number): string {
  const lines: string[] = [];
  if (skipped.length > 0) {
    const names = skipped.map(({ type, id }) => `${type}:${id}`).join(", ");
    lines.push(...wrap(printable(`Named, but not there or not to be read singly: ${names}.`), width));
  }
  if (vanished > MAX_QUIET_VANISHED) {
    const text = `VANISHED: ${pluralize(vanished, "resource")} left out, as Okta said of each, asked twice, that it is not there any more. So many are seldom deleted during a sync.`;
    lines.push(...wrap(text, width));
  } else if (vanished > 0) lines.push(`Left out, as deleted while the sync ran: ${pluralize(vanished, "resource")}.`);
  if (leftOut > 0) lines.push(`Left out, as who holds it is not in this sync: ${pluralize(leftOut, "grant")}.`);
  return lines.map((line) => `${line}\n`).join("");
}
