import { Failure } from "../../runtime/failure.ts";

/**
 * Lets changes of one and the same thing run one after the other, in the order in which they were asked for; changes of
 * different things do not wait for each other.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs `change` when those of the same key before it have ended. Throws a {@link Failure} of kind `cancelled` where
   * the signal comes first: nothing was sent then.
   */
  async runExclusive<T>(key: string, signal: AbortSignal, change: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const last = (before ?? Promise.resolve()).then(() => ended);
    this.#last.set(key, last);
    try {
      if (before !== undefined) await unlessCancelled(before, signal);
      return await change();
    } finally {
      end();
      void last.then(() => {
        if (this.#last.get(key) === last) this.#last.delete(key);
      });
    }
  }
}

async function unlessCancelled(before: Promise<void>, signal: AbortSignal): Promise<void> {
  const cancelled = () =>
    new Failure({
      kind: "cancelled",
      message: "the call was cancelled while another change of the same thing was under way; nothing was sent",
    });
  if (signal.aborted) throw cancelled();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(cancelled());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([before, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
