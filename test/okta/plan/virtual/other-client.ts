import type { Clock } from "../../../../src/runtime/clock.ts";

/** One path of each of the limits that a sync uses. */
const PATHS = [
  "/api/v1/apps?limit=1",
  "/api/v1/groups?limit=1",
  "/api/v1/users?limit=1",
  "/api/v1/iam/assignees/users?limit=1",
  "/api/v1/devices?limit=1",
  "/api/v1/logs?limit=1",
];

const WINDOW_MS = 60_000;

/** Another client of the org, which uses a part of each limit evenly and counts what it is refused. */
export class OtherClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #part: number;
  readonly #stop = new AbortController();
  #running: Promise<unknown> | undefined;
  /** Requests that are not answered yet. */
  inFlight = 0;
  calls = 0;
  refused = 0;

  constructor(url: string, token: string, clock: Clock, part: number) {
    this.#url = url;
    this.#headers = { authorization: `SSWS ${token}`, accept: "application/json" };
    this.#clock = clock;
    this.#part = part;
  }

  start(): void {
    this.#running ??= Promise.all(PATHS.map((path, at) => this.#use(path, at / PATHS.length)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Asks for one path, so often that it takes its part of the limit; `phase`: when the first time comes, of the time between two. */
  async #use(path: string, phase: number): Promise<void> {
    const { signal } = this.#stop;
    const limit = await this.#ask(path);
    const every = WINDOW_MS / (limit * this.#part);
    const startedAt = this.#clock.now();
    const asked: Promise<unknown>[] = [];
    for (let n = 1; !signal.aborted; n++) {
      const wait = startedAt + (n + phase) * every - this.#clock.now();
      await this.#clock.sleep(wait, signal).catch(() => {});
      if (!signal.aborted) asked.push(this.#ask(path));
    }
    await Promise.all(asked);
  }

  async #ask(path: string): Promise<number> {
    this.inFlight++;
    const answer = await fetch(`${this.#url}${path}`, { headers: this.#headers });
    await answer.arrayBuffer();
    this.inFlight--;
    this.calls++;
    if (answer.status === 429) this.refused++;
    return Number(answer.headers.get("x-rate-limit-limit") ?? 100);
  }
}
