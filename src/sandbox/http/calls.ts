/** How often an endpoint was called and answered with a status. */
export interface CallCount {
  readonly method: string;
  /** The URL pattern, as `/api/v1/groups/{groupId}/users`; the path where no endpoint fits. */
  readonly pattern: string;
  /** 0 where the answer was lost: a reset, cut or hanging connection, or a client that did not wait for it. */
  readonly status: number;
  readonly count: number;
}

/** What was called since the start, or since the counters were reset. */
export interface Calls {
  readonly total: number;
  /** Answers with 429, whether by rate, by concurrency or by a fault. */
  readonly refused: number;
  /** Calls whose answer was lost. */
  readonly lost: number;
  /** The most calls that were under way at a time. */
  readonly peakConcurrency: number;
  /** Most called first. */
  readonly endpoints: readonly CallCount[];
}

/** Counts calls by method, URL pattern and status. */
export class CallCounter {
  readonly #counts = new Map<string, { method: string; pattern: string; status: number; count: number }>();
  #peak = 0;

  add(method: string, pattern: string, status: number): void {
    const name = `${method} ${pattern} ${status}`;
    const found = this.#counts.get(name);
    if (found === undefined) {
      this.#counts.set(name, { method, pattern, status, count: 1 });
    } else {
      found.count++;
    }
  }

  /** Tells how many calls are under way. */
  underWay(count: number): void {
    this.#peak = Math.max(this.#peak, count);
  }

  reset(): void {
    this.#counts.clear();
    this.#peak = 0;
  }

  calls(): Calls {
    const endpoints = [...this.#counts.values()].map((entry) => ({ ...entry })).sort((a, b) => b.count - a.count);
    const sum = (entries: readonly CallCount[]) => entries.reduce((total, { count }) => total + count, 0);
    return {
      total: sum(endpoints),
      refused: sum(endpoints.filter(({ status }) => status === 429)),
      lost: sum(endpoints.filter(({ status }) => status === 0)),
      peakConcurrency: this.#peak,
      endpoints,
    };
  }
}
