import type { IncrementalChoice } from "../options.ts";
import type { Session } from "../work/session.ts";
import { DEFAULT_SAMPLE, Incremental, type IncrementalOptions } from "./incremental.ts";
import { Meta } from "./meta.ts";

/** What {@link openIncremental} needs besides the session. */
type OpenDeps = Pick<IncrementalOptions, "plan" | "queue" | "store" | "routes">;

/** What stores what has changed, where rows were carried over; `undefined` where a sync reads everything. */
export function openIncremental(
  { db, syncId }: Session,
  deps: OpenDeps,
  { verifySample = DEFAULT_SAMPLE, random = Math.random }: IncrementalChoice = {},
): Incremental | undefined {
  if (new Meta(db).get("mode") !== "incremental") return undefined;
  return new Incremental({ ...deps, db, syncId, sample: verifySample, random });
}
