const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A time in milliseconds since the epoch as Okta writes it on its objects: in whole seconds. */
export function wholeSecond(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

/** Numbers that look random and are the same for the same seed (the sfc32 generator). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.#step();
  }

  #step(): number {
    const mixed = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + mixed;
    return mixed >>> 0;
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    return this.#step() / 2 ** 32;
  }

  /** A whole number from 0 up to `bound`, without `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** Whether something happens that does so with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One item of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** An id of 20 characters with Okta's prefix for its kind. */
  id(prefix: string): string {
    let id = prefix;
    while (id.length < 20) id += LETTERS[this.below(LETTERS.length)];
    return id;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const bytes = Buffer.alloc(16);
    for (let at = 0; at < 16; at += 4) bytes.writeUInt32BE(this.#step(), at);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** A time between two others, in milliseconds since the epoch, as Okta writes it. */
  time(from: number, to: number): string {
    return wholeSecond(from + this.below(to - from));
  }

  /** `size` places out of `length`, ascending, none twice. */
  sample(length: number, size: number): number[] {
    if (size * 8 < length) {
      const chosen = new Set<number>();
      while (chosen.size < size) chosen.add(this.below(length));
      return [...chosen].sort((a, b) => a - b);
    }
    const chosen: number[] = [];
    for (let place = 0; place < length && chosen.length < size; place++) {
      if (this.next() * (length - place) < size - chosen.length) chosen.push(place);
    }
    return chosen;
  }
}
