import type { Call } from "../../baton/connector.ts";
import type { Clock } from "../../runtime/clock.ts";
import { type Failure, isFailure } from "../../runtime/failure.ts";
import type { ListOptions, OktaClient } from "../api/client.ts";

/** How a read ended: `absent` means that the org does not have it, `failed` that nothing can be said. */
export type Probe<T> =
  | { readonly outcome: "read"; readonly items: readonly T[]; readonly next?: string }
  | { readonly outcome: "refused" | "absent" | "failed"; readonly failure: Failure };

/** Reads of the doctor: each says how it ended instead of throwing, but for what ends the whole examination. */
export class Prober {
  readonly #client: OktaClient;
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #took: number[] = [];

  constructor(client: OktaClient, call: Call, clock: Clock) {
    this.#client = client;
    this.#call = call;
    this.#clock = clock;
  }

  /** One page of a list. Throws the {@link Failure} where the credentials are no good. */
  async list<T = unknown>(path: string, options?: ListOptions<T>): Promise<Probe<T>> {
    return await this.#probe(async () => {
      const { items, next } = await this.#client.list<T>(path, this.#call, options);
      return { outcome: "read", items, ...(next !== undefined && { next }) };
    });
  }

  /** One object, as a list of one. */
  async get<T>(path: string): Promise<Probe<T>> {
    return await this.#probe(async () => ({
      outcome: "read",
      items: [await this.#client.get<T>(path, this.#call)],
    }));
  }

  /** The pages of a list, `most` of them at most; `next` on the result says that there are more. */
  async pages<T>(path: string, most: number, options?: ListOptions<T>): Promise<Probe<T>> {
    const items: T[] = [];
    let next: string | undefined = path;
    for (let page = 0; page < most && next !== undefined; page++) {
      const probe: Probe<T> = await this.list<T>(next, options);
      if (probe.outcome !== "read") return page === 0 ? probe : { outcome: "read", items, next };
      items.push(...probe.items);
      next = probe.next;
    }
    return { outcome: "read", items, ...(next !== undefined && { next }) };
  }

  /** How long a read took in the middle of all of them, in milliseconds. */
  get typicalMs(): number {
    const sorted = [...this.#took].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  async #probe<T>(read: () => Promise<Probe<T>>): Promise<Probe<T>> {
    const startedAt = this.#clock.now();
    try {
      const probe = await read();
      this.#took.push(this.#clock.now() - startedAt);
      return probe;
    } catch (error) {
      if (!isFailure(error) || endsAll(error)) throw error;
      switch (error.kind) {
        case "permissionDenied":
          return { outcome: "refused", failure: error };
        case "notFound":
        case "unimplemented":
          return { outcome: "absent", failure: error };
        default:
          return { outcome: "failed", failure: error };
      }
    }
  }
}

/** Whether a failure is about the credentials as such, not about what was read. */
function endsAll(failure: Failure): boolean {
  return (
    failure.kind === "unauthenticated" ||
    failure.kind === "cancelled" ||
    failure.kind === "deadlineExceeded" ||
    isTokenRefusal(failure)
  );
}

/** Whether Okta gave no access token at all. */
export function isTokenRefusal(failure: Failure): boolean {
  return failure.attempted?.includes("/oauth2/v1/token") === true;
}
