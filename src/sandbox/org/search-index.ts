import type { Clock } from "../../runtime/clock.ts";

/**
 * What `search` sees of a list. Okta answers `search` from an index that follows its store some seconds later, so a
 * change is not seen at once, nor is an object that has just come or gone; `filter` and single reads ask the store.
 */
export class SearchIndex<T> {
  /** Milliseconds from a change until the index has it. */
  lagMs = 0;
  readonly #clock: Clock;
  /** Per place, what the index still shows, where that differs from the store; `undefined`: nothing yet. */
  readonly #shown = new Map<number, { record: T | undefined; waiting: number }>();
  readonly #waiting: { readonly at: number; readonly place: number; readonly record: T | undefined }[] = [];
  #done = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Says that the object at `place` has changed; `undefined` stands for one that is not there. */
  changed(place: number, before: T | undefined, after: T | undefined): void {
    if (this.lagMs === 0) return;
    this.#follow();
    const shown = this.#shown.get(place);
    if (shown === undefined) this.#shown.set(place, { record: before, waiting: 1 });
    else shown.waiting++;
    this.#waiting.push({ at: this.#clock.now() + this.lagMs, place, record: after });
  }

  /** What the index shows at `place`, where the store has `live`. */
  seen(place: number, live: T | undefined): T | undefined {
    this.#follow();
    const shown = this.#shown.get(place);
    return shown === undefined ? live : shown.record;
  }

  /** Takes over the changes whose time has come. */
  #follow(): void {
    const now = this.#clock.now();
    for (let next = this.#waiting[this.#done]; next !== undefined && next.at <= now; next = this.#waiting[this.#done]) {
      this.#done++;
      const shown = this.#shown.get(next.place)!;
      shown.record = next.record;
      shown.waiting--;
      if (shown.waiting === 0) this.#shown.delete(next.place);
    }
    if (this.#done > 1000) this.#waiting.splice(0, this.#done);
    if (this.#done > 1000) this.#done = 0;
  }
}
