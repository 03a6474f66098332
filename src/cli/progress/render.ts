import { printable } from "../../runtime/printable-text.ts";
import { count, duration } from "../terminal/layout.ts";
import { displayWidth, padEnd, truncate } from "../terminal/width.ts";
import type { LaneView, ProgressView, WaitingBucket } from "./estimate.ts";

const PHASES: Readonly<Record<ProgressView["phase"], string>> = {
  reading: "Reading",
  sealing: "Putting in order",
  expanding: "Following groups to their members",
  packing: "Compressing",
};

/** How wide and high the view may be, and whether it may have colours. */
export interface RenderOptions {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/**
 * The view's lines, none wider than the terminal and no more than fit on it: a line that wraps could not be
 * redrawn in its place.
 */
export function renderProgress(view: ProgressView, what: string, now: number, canvas: RenderOptions): string[] {
  const width = Math.max(1, canvas.columns - 1);
  const paint = (code: number, text: string) => (canvas.color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const head = `${PHASES[view.phase]} ${what}`;
  const times = [duration(view.elapsedMs), leftText(view)].filter((text) => text !== "").join(", ");
  const lines = [{ text: cut(`${head}  ${times}`, width), code: 1 }];
  const names = view.lanes.map(laneName);
  const nameWidth = Math.max(8, ...names.map(displayWidth));
  for (const [i, lane] of view.lanes.entries()) {
    const busy = lane.queued > 0 || lane.inFlight > 0;
    lines.push({ text: cut(laneText(lane, padEnd(names[i]!, nameWidth), now, width), width), code: busy ? 0 : 2 });
  }
  for (const bucket of view.otherWaits)
    lines.push({ text: cut(`  waiting: ${waitText(bucket, now)}`, width), code: 33 });
  const most = Math.max(1, canvas.rows - 1);
  return lines.slice(0, most).map(({ text, code }) => (code === 0 ? text : paint(code, text)));
}

function laneText(lane: LaneView, name: string, now: number, width: number): string {
  const cells = [
    `  ${name}`,
    `${count(lane.pages).padStart(6)} ${lane.pages === 1 ? "page " : "pages"}`,
    `${count(lane.items).padStart(9)}`,
  ];
  const wait = lane.waitsFor;
  const busy = lane.queued > 0 || lane.inFlight > 0;
  const rate = lane.rate > 0 ? `${count(lane.rate)}/s` : "";
  cells.push(rate.padStart(9));
  if (!busy) cells.push("done");
  else if (lane.queued > 0 && lane.operation !== "list") cells.push(`${count(lane.queued)} to read`);
  const join = (more: readonly string[]) => [...cells, ...more].join("  ").trimEnd();
  if (wait === undefined) {
    if (displayWidth(join([])) <= width) return join([]);
  } else {
    const left = wait.resetAt === undefined || wait.resetAt <= now ? "" : ` ${duration(wait.resetAt - now)}`;
    for (const said of [`waits: ${waitText(wait, now)}`, `waits${left} for a limit`, "waits"]) {
      if (displayWidth(join([said])) <= width) return join([said]);
    }
  }
  // Narrow: the name, the number, and what holds it up.
  const short = wait === undefined ? (busy ? rate : "done") : "waits";
  return `  ${name} ${count(lane.items)} ${short}`.trimEnd();
}

function laneName({ name, operation }: LaneView): string {
  // What principals hold is grants, read by another route.
  const what = operation === "held" ? "grants, by holder" : operation;
  return operation === "list" || operation === "all grants" ? name : `${name} ${what}`;
}

function waitText({ name, waiting, resetAt }: WaitingBucket, now: number): string {
  const requests = waiting === 1 ? "1 request" : `${count(waiting)} requests`;
  const left = resetAt === undefined || resetAt <= now ? "" : `, ${duration(resetAt - now)}`;
  return `limit of ${name} (${requests}${left})`;
}

function leftText({ leftMs, growing }: ProgressView): string {
  if (leftMs === undefined) return "";
  return growing ? `more than ${duration(leftMs)} left` : `about ${duration(leftMs)} left`;
}

function cut(text: string, width: number): string {
  return truncate(printable(text), width);
}

/** What the log says of the view where nobody watches it. */
export function progressFields(view: ProgressView): Record<string, unknown> {
  const sum = (key: "pages" | "items") => view.lanes.reduce((total, lane) => total + lane[key], 0);
  const waits = [...view.lanes.flatMap(({ waitsFor }) => waitsFor ?? []), ...view.otherWaits];
  return {
    phase: view.phase,
    elapsedSeconds: Math.round(view.elapsedMs / 1000),
    pages: sum("pages"),
    items: sum("items"),
    toRead: view.lanes.reduce((total, lane) => total + lane.queued, 0),
    ...(waits.length === 0 ? {} : { waitsForLimits: [...new Set(waits.map(({ name }) => name))] }),
    ...(view.leftMs === undefined ? {} : { secondsLeft: Math.ceil(view.leftMs / 1000) }),
  };
}
