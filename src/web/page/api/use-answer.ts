import { useEffect, useState } from "preact/hooks";
import { ask, isWorking, keptAnswer } from "./answers.ts";
import { RequestFailure } from "./request.ts";

/** What became of a question. `value` of a question that is under way is the answer to the one before, to stay in sight. */
export interface Asked<T> {
  readonly state: "asking" | "answered" | "failed";
  readonly value: T | undefined;
  readonly failure: RequestFailure | undefined;
  /** Asks once more. */
  readonly again: () => void;
}

/** What is worked out in the background is asked for again after so long. */
const AGAIN_MS = 700;

/** Asks the server whenever `path` changes; `null` asks nothing. Asks again while the answer is being worked out. */
export function useAnswer<T>(path: string | null): Asked<T> {
  const [round, setRound] = useState(0);
  const [asked, setAsked] = useState<{ path: string | null; value?: T; failure?: RequestFailure }>({ path: null });
  useEffect(() => {
    if (path === null) return;
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const known = keptAnswer<T>(path);
    if (known !== undefined) setAsked({ path, value: known });
    else {
      ask<T>(path, aborter.signal).then(
        (value) => {
          setAsked({ path, value });
          if (isWorking(value)) timer = setTimeout(() => setRound((before) => before + 1), AGAIN_MS);
        },
        (error: unknown) => {
          if (aborter.signal.aborted) return;
          const failure = error instanceof RequestFailure ? error : new RequestFailure(0, String(error));
          setAsked({ path, failure });
        },
      );
    }
    return () => {
      aborter.abort();
      clearTimeout(timer);
    };
  }, [path, round]);
  const current = asked.path === path;
  return {
    state: !current ? "asking" : asked.failure ? "failed" : "answered",
    value: asked.value,
    failure: current ? asked.failure : undefined,
    again: () => {
      setAsked({ path: null });
      setRound((before) => before + 1);
    },
  };
}
