import { isFailure } from "../../runtime/failure.ts";

/** Something that is worked out when it is first asked for, and then kept. What failed is tried again when asked for. */
export class Background<T> {
  readonly #make: () => Promise<T>;
  #promise: Promise<T> | undefined;
  #value: T | undefined;
  #error: unknown;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Waits for it. */
  value(): Promise<T> {
    if (this.#promise === undefined) {
      this.#error = undefined;
      this.#promise = this.#make();
      this.#promise.then(
        (value) => {
          this.#value = value;
        },
        (error: unknown) => {
          this.#error = error;
          this.#promise = undefined;
        },
      );
    }
    return this.#promise;
  }

  /** It, where it is there already. */
  get ready(): T | undefined {
    return this.#value;
  }

  get state(): "idle" | "working" | "ready" | "failed" {
    if (this.#value !== undefined) return "ready";
    if (this.#promise !== undefined) return "working";
    return this.#error === undefined ? "idle" : "failed";
  }

  /** Why it could not be worked out, for people. */
  get message(): string {
    return isFailure(this.#error) ? this.#error.message : "it could not be worked out";
  }
}
