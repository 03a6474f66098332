import { shutdownSignals } from "./system/signals.ts";

/** How a run is asked to end. */
export interface Shutdown {
  /** Aborts on the first signal: finish what is under way, start nothing new. */
  readonly stop: AbortSignal;
  /** Aborts on the second signal: end now. */
  readonly now: AbortSignal;
  /** The first signal that came, as `SIGINT`. */
  readonly signal: NodeJS.Signals | undefined;
  /** Stops listening: the signals have their usual effect again. */
  dispose(): void;
}

/** What `onShutdown` listens to: the process, or an emitter in tests. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
}

/** Listens for Ctrl-C and the signals of a service manager. `onSignal` is called with its number, from 1. */
export function onShutdown(onSignal?: (times: number) => void, source: SignalSource = process): Shutdown {
  const stop = new AbortController();
  const now = new AbortController();
  let first: NodeJS.Signals | undefined;
  let times = 0;
  const listener = (name: NodeJS.Signals) => {
    times += 1;
    first ??= name;
    if (times > 2) return;
    // The reasons are what a rejected wait throws; callers look at the signals, not at these.
    if (times === 1) stop.abort(new Error(`stopped by ${name}`));
    else now.abort(new Error(`ended by ${name}`));
    onSignal?.(times);
  };
  const names = shutdownSignals();
  for (const name of names) source.on(name, listener);
  return {
    stop: stop.signal,
    now: now.signal,
    get signal() {
      return first;
    },
    dispose() {
      for (const name of names) source.off(name, listener);
    },
  };
}

/** Calls `body` once a signal aborts: at once where it has. */
export function whenAborted(signal: AbortSignal, body: () => void): void {
  if (signal.aborted) body();
  else signal.addEventListener("abort", body, { once: true });
}
