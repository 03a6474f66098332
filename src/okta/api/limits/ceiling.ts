/**
 * How many requests may be under way at once: at most so many as were set, fewer after Okta refused one for its own limit
 * on concurrency, and slowly more with each answer (additive increase, multiplicative decrease).
 */
export class Ceiling {
  readonly #concurrency: number;
  #height: number;
  #sends = 0;
  /** The number of the last request sent before the ceiling was lowered: refusals of earlier ones lower it no more. */
  #lowered = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#height = concurrency;
  }

  /** Requests that may be under way now; at least one. */
  get slots(): number {
    return Math.max(1, Math.floor(this.#height));
  }

  /** Numbers a request that is sent. */
  send(): number {
    return ++this.#sends;
  }

  /** Called after an answer: one to each request under way makes room for one more. */
  raise(): void {
    this.#height = Math.min(this.#concurrency, this.#height + 1 / this.#height);
  }

  /** Called after a refusal of the request with this number: leaves room for half of what was under way. */
  lower(number: number, inFlight: number): void {
    if (number <= this.#lowered) return;
    this.#lowered = this.#sends;
    this.#height = Math.max(1, Math.min(this.#height, inFlight + 1) / 2);
  }
}
