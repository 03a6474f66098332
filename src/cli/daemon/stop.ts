import type { Clock } from "../../runtime/clock.ts";

/** What is served. */
interface Stoppable {
  /** Takes nothing new and resolves when what is under way is answered. */
  stop(): Promise<void>;
  /** Ends at once what is under way. */
  kill(): void;
}

/** Lets a server end what is under way within a time in milliseconds, or until `ending` is aborted, and ends the rest. */
export async function stopWithin(ms: number, server: Stoppable, ending: AbortController, clock: Clock): Promise<void> {
  const stopped = server.stop();
  const late = clock.sleep(ms, ending.signal).catch(() => {});
  await Promise.race([stopped, late]);
  ending.abort();
  server.kill();
}
