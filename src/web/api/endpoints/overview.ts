import type { SyncRun } from "../../../baton/snapshot/reader.ts";
import { parseTime } from "../../../baton/snapshot/time.ts";
import type { Background } from "../../picture/background.ts";
import type { Picture } from "../../picture/picture.ts";
import type { ChangeCounts, Computed, Overview } from "../contract.ts";
import type { Endpoint } from "../endpoint.ts";
import { syncCounts, syncInfo } from "../shown.ts";

/** `GET /api/overview`: what is to be seen first. What takes longer is begun, and said to be worked on. */
export const overview: Endpoint = ({ view }, { picture, clock }) => {
  const { run } = view;
  const missing = view.content.missing();
  const taken = parseTime(run.endedAt ?? run.startedAt);
  const answer: Overview = {
    sync: syncInfo(run),
    ageMs: taken === undefined ? null : Math.max(0, clock.now() - taken),
    complete: run.endedAt !== undefined && run.type === "full" && (missing?.length ?? 0) === 0,
    missing: missing ?? [],
    missingKnown: missing !== undefined,
    counts: syncCounts(picture.stats(run)),
    headline: computed(view.access, (access) => access.headline()),
    findings: computed(view.findings, (judged) => judged.counts()),
    changes: changesSince(picture, run),
    history: picture.finished().map((sync) => ({ sync: syncInfo(sync), counts: syncCounts(picture.stats(sync)) })),
  };
  return { json: answer };
};

function changesSince(picture: Picture, run: SyncRun): Computed<ChangeCounts> {
  const from = picture.before(run);
  if (from === undefined) return { state: "notKnown", message: "the file holds no earlier full sync to compare with" };
  return computed(picture.changes(from, run), (listed) => ({
    from: syncInfo(from),
    to: syncInfo(run),
    ...listed.counts(),
  }));
}

/** What is there of something that is worked out, which is begun where it was not. */
export function computed<T, U>(background: Background<T>, shown: (value: T) => U): Computed<U> {
  if (background.state === "failed") {
    const { message } = background;
    background.value().catch(() => {});
    return { state: "notKnown", message };
  }
  background.value().catch(() => {});
  const { ready } = background;
  return ready === undefined ? { state: "working" } : { state: "ready", value: shown(ready) };
}
