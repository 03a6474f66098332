import { readFile, writeFile } from "node:fs/promises";
import type { Call, EventPage, Events } from "../../baton/connector.ts";
import { protoJson } from "../../baton/model/json.ts";
import { EventSchema } from "../../gen/c1/connector/v2/event_feed_pb.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { Log } from "../../runtime/log/log.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { replaceFile } from "../../runtime/system/files.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import { openOwn } from "../sync/source.ts";
import type { Output } from "../terminal/output.ts";
import { openObservation } from "./observation.ts";

/** How far back is read where nobody says. */
const DAY_MS = 86_400_000;

/** The longest pause between two tries while Okta is away, in milliseconds. */
const MAX_BACKOFF_MS = 60_000;

/** Prints the events of the feed that the settings name; with `follow` until a signal comes. */
export async function printEvents(values: FlagValues, env: NodeJS.ProcessEnv, output: Output): Promise<ExitCode> {
  const clock = systemClock;
  const { follow } = values;
  const cursorFile = values["event-feed-cursor-file"] || undefined;
  const logs = openLogs(values, output, output.err);
  const startAt = startOf(values, clock.now());
  let cursor = values["event-feed-cursor"] || (cursorFile === undefined ? undefined : await savedCursor(cursorFile));
  const observation = await openObservation(values, logs.log, clock);
  const { log, metrics } = observation;
  const shutdown = onShutdown((times) => {
    observation.health?.stopping();
    if (times > 1) process.exit(EXIT.interrupted);
  });
  const call: Call = { signal: shutdown.stop };
  let printed = 0;
  try {
    const { connector } = await openOwn(values, { env, log, types: [], uses: { logs: true }, observer: observation });
    try {
      const events = feedOf(connector.events);
      for (;;) {
        const from = { ...fromOf(cursor, startAt, clock.now()), pageSize: 0 };
        const page = await patiently(() => events.list(values["event-feed-id"] ?? "", from, call), follow, log, call);
        if (!(await print(page, output))) break;
        printed += page.events.length;
        for (const { event } of page.events) metrics.event(event.case ?? "unknown");
        if (page.cursor !== cursor && cursorFile !== undefined) await saveCursor(cursorFile, page.cursor);
        cursor = page.cursor;
        if (page.hasMore) continue;
        if (!follow) break;
        await clock.sleep(values["follow-interval"] * 1000, call.signal);
      }
    } finally {
      await connector.close?.();
    }
    return EXIT.done;
  } catch (error) {
    // Ctrl-C is how following ends; of a single reading it is an interruption.
    if (shutdown.signal !== undefined && follow) return EXIT.done;
    const shown = shutdown.signal === undefined ? error : interrupted(shutdown.signal, error);
    logs.failed(shown);
    throw shown;
  } finally {
    shutdown.dispose();
    await observation.close();
    if (cursor !== undefined) tellCursor(cursor, printed, logs.human, log, output);
  }
}

function fromOf(cursor: string | undefined, startAt: number | undefined, now: number) {
  // A cursor alone is enough: a default start would leave out what happened since an older one.
  if (cursor !== undefined) return { cursor, ...(startAt === undefined ? {} : { startAt }) };
  return { startAt: startAt ?? now - DAY_MS };
}

/** Tries again for as long as it takes where that can help, in a run that is meant to go on. */
async function patiently(
  list: () => Promise<EventPage>,
  follow: boolean,
  log: Log,
  { signal }: Call,
): Promise<EventPage> {
  for (let pause = 1000; ; pause = Math.min(pause * 2, MAX_BACKOFF_MS)) {
    try {
      return await list();
    } catch (error) {
      const passing = isFailure(error, "unavailable") || isFailure(error, "deadlineExceeded");
      if (!follow || !passing || signal.aborted) throw error;
      const wait = Math.max(pause, Math.min(error.retryAfterMs ?? 0, MAX_BACKOFF_MS));
      log.warn("events cannot be read for now; trying again", { error: error.message, inSeconds: wait / 1000 });
      await systemClock.sleep(wait, signal);
    }
  }
}

/** Whether everything was taken: where nobody reads any more, the page counts as not printed. */
async function print(page: EventPage, output: Output): Promise<boolean> {
  await output.stream(lines(page));
  return process.stdout.writable;
}

function* lines(page: EventPage): Generator<string> {
  for (const event of page.events) yield `${JSON.stringify(protoJson(EventSchema, event))}\n`;
}

function tellCursor(cursor: string, printed: number, human: boolean, log: Log, output: Output): void {
  if (human) output.err(`${printed} events. To go on from here: --event-feed-cursor ${cursor}\n`);
  else log.info("events printed", { events: printed, cursor });
}

function feedOf(events: Events | undefined): Events {
  if (events !== undefined) return events;
  throw new Failure({ kind: "unimplemented", message: "this connector has no events" });
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS };

/** The time that the settings name, in milliseconds since the Unix epoch. */
function startOf(values: FlagValues, now: number): number | undefined {
  const text = values["event-feed-start-at"];
  if (text === undefined || text === "") return undefined;
  const [, count, unit] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * UNITS[unit]!;
  const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new Failure({
    kind: "usage",
    message: `--event-feed-start-at takes a time, not ${JSON.stringify(text)}`,
    advice: "write it as 2026-01-31T08:00:00Z, or as 6h for six hours ago",
  });
}

async function savedCursor(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim() || undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unusable(file, "read", cause);
  }
}

/** Its owner's alone. Written beside it and renamed, so that a program that is killed leaves one cursor or the other. */
async function saveCursor(file: string, cursor: string): Promise<void> {
  const beside = `${file}.${process.pid}`;
  try {
    await writeFile(beside, `${cursor}\n`, { mode: 0o600 });
    await replaceFile(beside, file);
  } catch (cause) {
    throw unusable(file, "written", cause);
  }
}

function unusable(file: string, what: string, cause: unknown): Failure {
  const why = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
  return new Failure({ kind: "usage", message: `the cursor file ${file} cannot be ${what} (${why})`, cause });
}

function interrupted(signal: NodeJS.Signals, cause: unknown): Failure {
  const message = `interrupted by ${signal}; events are still unread`;
  return new Failure({ kind: "cancelled", message, advice: "go on from the cursor told below", cause });
}
