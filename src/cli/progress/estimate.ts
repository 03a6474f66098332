import type { LaneProgress, Progress } from "../../baton/sync/progress.ts";

/** A rate-limit bucket as the view needs it. */
export interface WaitingBucket {
  /** The URL pattern, as `/api/v1/groups/{id}/users`. */
  readonly name: string;
  /** Requests that wait now. */
  readonly waiting: number;
  /** When the window ends, in milliseconds since the Unix epoch; absent where no answer has said so. */
  readonly resetAt?: number;
}

/** One row of the view: a lane of the sync, with what was worked out for it. */
export interface LaneView extends LaneProgress {
  /** Items a second, over the last while. */
  readonly rate: number;
  /** The limit that its requests wait for. */
  readonly waitsFor?: WaitingBucket;
}

/** What the view shows. */
export interface ProgressView {
  readonly phase: Progress["phase"];
  readonly elapsedMs: number;
  readonly lanes: readonly LaneView[];
  /** Limits that are waited for by none of the rows. */
  readonly otherWaits: readonly WaitingBucket[];
  /** How long the reading still takes, as far as its queue shows. */
  readonly leftMs?: number;
  /** Whether lists are still being read, so that more work may turn up than is queued. */
  readonly growing: boolean;
}

/** How far back the rates look, in milliseconds. */
const WINDOW_MS = 10_000;

interface Sample {
  readonly at: number;
  readonly pages: number;
  readonly items: number;
}

/** Works rates and the time left out of what the sync says of itself from time to time. */
export class Estimate {
  readonly #samples = new Map<string, Sample[]>();

  /** Takes in how far the sync is at `now` (milliseconds since the Unix epoch), and says what to show. */
  view(progress: Progress, buckets: readonly WaitingBucket[], now: number): ProgressView {
    const waiting = buckets.filter((bucket) => bucket.waiting > 0);
    const shown = new Set<WaitingBucket>();
    let left = 0;
    let known = true;
    const lanes = progress.lanes.map((lane): LaneView => {
      const first = this.#sample(lane, now, progress.startedAt);
      const seconds = Math.max(1, now - first.at) / 1000;
      const busy = lane.queued > 0 || lane.inFlight > 0;
      const rate = busy ? (lane.items - first.items) / seconds : 0;
      const pageRate = (lane.pages - first.pages) / seconds;
      const waitsFor = lane.inFlight > 0 ? waiting.find(({ name }) => reads(lane, name)) : undefined;
      if (waitsFor !== undefined) shown.add(waitsFor);
      if (busy) {
        const untilWindow = Math.max(0, (waitsFor?.resetAt ?? now) - now);
        if (pageRate > 0) left = Math.max(left, (lane.queued / pageRate) * 1000, untilWindow);
        else if (untilWindow > 0) left = Math.max(left, untilWindow);
        else known = false;
      }
      return { ...lane, rate, ...(waitsFor === undefined ? {} : { waitsFor }) };
    });
    const growing = progress.lanes.some(
      ({ operation, queued, inFlight }) => operation === "list" && queued + inFlight > 0,
    );
    return {
      phase: progress.phase,
      elapsedMs: now - progress.startedAt,
      lanes,
      otherWaits: waiting.filter((bucket) => !shown.has(bucket)),
      growing,
      ...(progress.phase === "reading" && known && left > 0 ? { leftMs: left } : {}),
    };
  }

  /** Keeps the lane's numbers, and gives those of about a window ago. */
  #sample(lane: LaneProgress, now: number, startedAt: number): Sample {
    const key = `${lane.name}/${lane.operation}`;
    const samples = this.#samples.get(key) ?? [{ at: Math.min(startedAt, now), pages: 0, items: 0 }];
    // A lane that starts late has no past in which it was slow.
    if (!this.#samples.has(key)) samples[0] = { at: Math.max(startedAt, now - 1000), pages: 0, items: 0 };
    samples.push({ at: now, pages: lane.pages, items: lane.items });
    while (samples.length > 2 && samples[1]!.at <= now - WINDOW_MS) samples.shift();
    this.#samples.set(key, samples);
    return samples[0]!;
  }
}

/** Which endpoints a lane reads: by them the view knows which limit holds it up. */
const ENDPOINTS: readonly (readonly [lane: RegExp, endpoint: RegExp])[] = [
  [/^user\/(list|get)$/, /^\/api\/v1\/users(\/\{id\})?$/],
  [/^group\/list$/, /^\/api\/v1\/groups$/],
  [/^group\/(grants|get)$/, /^\/api\/v1\/groups\/\{id\}(\/|$)/],
  [/^group\/held$/, /^\/api\/v1\/users\/\{id\}\/groups$/],
  [/^app\/held$/, /^\/api\/v1\/groups\/\{id\}\/apps$/],
  [/^app\/list$/, /^\/api\/v1\/apps$/],
  [/^app\/(grants|get)$/, /^\/api\/v1\/apps\/\{id\}(\/|$)/],
  [/^custom-role\/(list|get)$/, /^\/api\/v1\/iam\/roles/],
  [/^resource-?set/, /^\/api\/v1\/iam\/resource-sets/],
  [/^api-token\//, /^\/api\/v1\/api-tokens/],
  [/^group-rule\//, /^\/api\/v1\/groups\/rules/],
  [/^role-assignment\//, /\/roles(\/|$)/],
  [/^(api-scope|API scopes)\//, /^\/api\/v1\/apps\/\{id\}\/grants/],
  [/^client-credential\//, /^\/api\/v1\/apps\/\{id\}\/credentials/],
  [/^user-factors\//, /^\/api\/v1\/users\/\{id\}\/factors/],
  [/^device\//, /^\/api\/v1\/devices/],
  [/^role holders\/all grants$|^role\//, /^\/api\/v1\/(iam\/assignees|users\/\{id\}\/roles)/],
];

function reads({ name, operation }: LaneProgress, endpoint: string): boolean {
  const lane = `${name}/${operation}`;
  return ENDPOINTS.some(([lanes, endpoints]) => lanes.test(lane) && endpoints.test(endpoint));
}
