import type { Bucket } from "./bucket.ts";

/** Clients that are remembered before those are forgotten that have nothing waiting. */
const MAX_CLIENTS = 1_000;

/** A place in the line. A request that is tried again keeps it. */
export interface Ticket {
  readonly number: number;
}

/** A request that waits for its bucket, or for the concurrency. */
export interface Waiter {
  readonly ticket: Ticket;
  readonly deadline: number;
  /** Since when the bucket's window, not only the concurrency or a probe, makes it wait. */
  heldSince: number | undefined;
  admit(): void;
  refuse(error: unknown): void;
}

/** Who waits for which bucket, and in which order: within one client first come, first served; between clients in turn. */
export class Lines {
  readonly #lines = new Map<Bucket, Waiter[]>();
  /** The highest number that was let through, and the last one of each client. */
  #served = 0;
  readonly #lastOf = new Map<string, number>();

  /**
   * A place in the line for a request and all its tries. Within one client it is first come, first served; a client
   * that has many requests waiting does not stand before another's first one (start-time fair queueing).
   */
  ticket(client: string): Ticket {
    const number = Math.max(this.#served, this.#lastOf.get(client) ?? 0) + 1;
    this.#lastOf.set(client, number);
    if (this.#lastOf.size > MAX_CLIENTS) {
      for (const [one, last] of this.#lastOf) if (last <= this.#served) this.#lastOf.delete(one);
    }
    return { number };
  }

  /** Notes that a request was let through. */
  serve({ number }: Ticket): void {
    this.#served = Math.max(this.#served, number);
  }

  /** Buckets that somebody waits for, each with its line. Lines may change while it is iterated over. */
  entries(): Iterable<readonly [Bucket, readonly Waiter[]]> {
    return this.#lines;
  }

  /** The line of a bucket. */
  of(bucket: Bucket): readonly Waiter[] {
    return this.#lines.get(bucket) ?? [];
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  join(bucket: Bucket, waiter: Waiter): void {
    const line = this.#lines.get(bucket);
    if (line === undefined) {
      this.#lines.set(bucket, [waiter]);
      return;
    }
    let at = line.length;
    while (at > 0 && line[at - 1]!.ticket.number > waiter.ticket.number) {
      at--;
    }
    line.splice(at, 0, waiter);
  }

  leave(bucket: Bucket, waiter: Waiter): void {
    const line = this.#lines.get(bucket) ?? [];
    const at = line.indexOf(waiter);
    if (at >= 0) {
      line.splice(at, 1);
    }
    if (line.length === 0) {
      this.#lines.delete(bucket);
    }
  }

  /** Takes all who wait for a bucket out of the line. */
  clear(bucket: Bucket): void {
    this.#lines.delete(bucket);
  }
}
