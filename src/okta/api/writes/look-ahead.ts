import { setTimeout as timer } from "node:timers/promises";
import type { Call } from "../../../baton/connector.ts";

/** How much earlier a change is on its way than the read that looks for it, in milliseconds: the read must not overtake it. */
const HEAD_START_MS = 4;

/** A change that is looked for while its answer is still under way. */
export interface LookAhead {
  /** The call to send the change with. */
  readonly call: Call;
  /** Once the change is answered with success: whether the read has shown it. One that is not sent by then never is. */
  shown(): Promise<boolean>;
}

/**
 * Looks whether a change shows while its answer is under way, which saves a round trip: what a read shows is so, whichever
 * answer comes first. Only that counts: a read that fails or shows nothing yet says nothing. `isDone` reads with the call that
 * it is given. Nothing is read where the change is answered within the head start, is not sent (a dry run) or fails.
 * `headStart` is a timer of the machine, whatever clock is used: it is a race of two requests, and nobody waits for it.
 */
export function lookAhead(
  isDone: (call: Call) => Promise<boolean>,
  call: Call,
  headStart = (signal: AbortSignal): Promise<void> => timer(HEAD_START_MS, undefined, { signal }),
): LookAhead {
  let read: Read | undefined;
  const giveUp = () => {
    read?.waiting.abort();
    read?.reading.abort();
    read = undefined;
  };
  const begin = (): Read => {
    const waiting = new AbortController();
    const reading = new AbortController();
    const result = headStart(AbortSignal.any([call.signal, waiting.signal]))
      .then(() => isDone({ ...call, signal: AbortSignal.any([call.signal, reading.signal]) }))
      .catch(() => false);
    return { waiting, reading, result };
  };
  return {
    call: {
      ...call,
      audit(step) {
        if (step.error !== undefined) giveUp();
        call.audit?.(step);
        // What the audit throws before a change prevents it.
        if (step.phase === "intent") read = begin();
      },
    },
    async shown() {
      read?.waiting.abort();
      return (await read?.result) ?? false;
    },
  };
}

interface Read {
  /** Ends the head start. */
  readonly waiting: AbortController;
  /** Ends the read itself. */
  readonly reading: AbortController;
  readonly result: Promise<boolean>;
}
