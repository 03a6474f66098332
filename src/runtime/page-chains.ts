import { hash } from "node:crypto";

/** What is wrong with a list whose pages never end. */
export type Endless = "cycle" | "empty";

/** Lists that are remembered at once; of what is beyond, the one not read for the longest time is forgotten. */
const MAX_CHAINS = 10_000;

interface Chain {
  /** Hashes of the places that the list has led to. */
  readonly seen: Set<string>;
  /** Pages without an item, in a row, up to the page that was read last; and how many there were before it. */
  empty: number;
  emptyBefore: number;
  /** The place that was read last, and the one that it led to. */
  at: string;
  on: string | undefined;
}

/**
 * Watches over lists that are read page by page, each by what names its place (a path, a token): one that leads back to
 * a place where it has been, or to nothing but empty pages, would never end. What is known of a list waits under the
 * place where it goes on, so that whoever reads on from there needs to carry nothing along; and under the one that was
 * read last, which may be read again.
 */
export class PageChains {
  readonly #maxEmpty: number;
  readonly #waiting = new Map<string, Chain>();

  /** `maxEmpty`: so many empty pages in a row are no list any more. */
  constructor(maxEmpty: number) {
    this.#maxEmpty = maxEmpty;
  }

  /**
   * Notes that the page at `place` leads on to `next`; `undefined` where it is the last. Says what is wrong with that, if
   * anything.
   */
  follow(place: string, next: string | undefined, isEmpty: boolean): Endless | undefined {
    if (next === undefined && this.#waiting.size === 0) return undefined;
    const at = hashOf(place);
    const known = this.#waiting.get(at);
    if (next === undefined) {
      this.#waiting.delete(at);
      return undefined;
    }
    const on = hashOf(next);
    if (known?.at === at && known.on === on) return undefined;
    const chain = known ?? { seen: new Set([at]), empty: 0, emptyBefore: 0, at, on: undefined };
    // A page that is read again may lead elsewhere than before, and later there again: the list has changed meanwhile.
    const isAgain = chain.at === at && chain.on !== undefined;
    if (isAgain) chain.seen.delete(chain.on!);
    if (chain.seen.has(on)) return "cycle";
    const emptyBefore = isAgain ? chain.emptyBefore : chain.empty;
    const empty = isEmpty ? emptyBefore + 1 : 0;
    if (empty >= this.#maxEmpty) return "empty";
    chain.seen.add(on);
    for (const place of [chain.at, chain.on]) if (place !== undefined) this.#waiting.delete(place);
    Object.assign(chain, { empty, emptyBefore, at, on });
    for (const place of [at, on]) this.#wait(place, chain);
    return undefined;
  }

  #wait(place: string, chain: Chain): void {
    // The eldest comes first in a map.
    if (this.#waiting.size >= 2 * MAX_CHAINS) this.#waiting.delete(this.#waiting.keys().next().value!);
    this.#waiting.set(place, chain);
  }
}

function hashOf(place: string): string {
  return hash("sha256", place, "base64url").slice(0, 22);
}
