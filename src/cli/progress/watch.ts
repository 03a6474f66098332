import type { Progress } from "../../baton/sync/progress.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import { duration } from "../terminal/layout.ts";
import { Estimate, type ProgressView, type WaitingBucket } from "./estimate.ts";
import { progressFields, renderProgress } from "./render.ts";
import { Screen, type Terminal } from "./screen.ts";

/** Shows how far a sync is, until it is closed. */
export interface Watch {
  /** Takes in how far the sync is. */
  update(progress: Progress): void;
  /** Writes log lines so that they do not run into the view. */
  print(text: string): void;
  close(): void;
}

/** What a watch looks at. */
export interface Watched {
  /** What is read, as `acme.okta.com`. */
  readonly what: string;
  readonly buckets: () => readonly WaitingBucket[];
  readonly clock: Clock;
  /** How old the picture is that there is so far, in milliseconds; nothing where there is none. */
  readonly age?: () => number | undefined;
}

/** How often the view is redrawn, and how often the log tells of it, in milliseconds. */
const REDRAW_MS = 200;
const LOG_INTERVAL_MS = 10_000;

/** A view that is redrawn in place, on a terminal. */
export function watchOnTerminal(watched: Watched, terminal: Terminal, color: boolean): Watch {
  const { clock } = watched;
  const estimate = new Estimate();
  let latest: Progress | undefined;
  let view: ProgressView | undefined;
  const screen = new Screen(terminal, () => {
    if (latest === undefined) return [];
    const now = clock.now();
    view = estimate.view(latest, watched.buckets(), now);
    const canvas = { columns: terminal.columns ?? 80, rows: terminal.rows ?? 24, color };
    const age = watched.age?.();
    const what = age === undefined ? watched.what : `${watched.what}, whose picture is ${duration(age)} old`;
    return renderProgress(view, what, now, canvas);
  });
  const ended = every(REDRAW_MS, clock, () => screen.redraw());
  return {
    update: (progress) => {
      latest = progress;
    },
    print: (text) => screen.print(text),
    close: () => {
      ended.abort();
      screen.close();
    },
  };
}

/** A line in the log every ten seconds, where nobody watches. */
export function watchInLog(watched: Watched, log: Log, write: (text: string) => void): Watch {
  const { clock } = watched;
  const estimate = new Estimate();
  let latest: Progress | undefined;
  const ended = every(LOG_INTERVAL_MS, clock, () => {
    if (latest === undefined) return;
    const snapshotAgeMs = watched.age?.();
    log.info("sync under way", {
      ...progressFields(estimate.view(latest, watched.buckets(), clock.now())),
      ...(snapshotAgeMs !== undefined && { snapshotAgeMs }),
    });
  });
  return {
    update: (progress) => {
      latest = progress;
    },
    print: write,
    close: () => ended.abort(),
  };
}

function every(ms: number, clock: Clock, act: () => void): AbortController {
  const ended = new AbortController();
  const loop = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(ms, ended.signal);
      act();
    }
  };
  // The only way out of the loop is the abort, whose rejection says nothing new.
  loop().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return ended;
}
