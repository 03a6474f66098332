/** What is left of a sync that failed and that the same call goes on with. */
export interface Resumable {
  readonly syncId: string;
  /** The file that holds what was read. */
  readonly workFile: string;
  /** Pages that were stored by the run that failed. */
  readonly pages: number;
}

const left = new WeakMap<object, Resumable>();

/** Remembers what is left of the sync that failed with `error`. */
export function keepResumable(error: unknown, resumable: Resumable): void {
  if (typeof error === "object" && error !== null) left.set(error, resumable);
}

/** Says what is left of the sync that failed with `error`; `undefined` where the next call starts from the beginning. */
export function resumable(error: unknown): Resumable | undefined {
  return typeof error === "object" && error !== null ? left.get(error) : undefined;
}
