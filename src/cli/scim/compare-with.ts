import { openSnapshot } from "../../baton/snapshot/reader.ts";
import { parseTime } from "../../baton/snapshot/time.ts";
import { Failure } from "../../runtime/failure.ts";
import { compare, type Drift } from "../../scim/check/compare.ts";
import type { ScimStore } from "../../scim/store/store.ts";
import { SnapshotSide } from "./okta-side.ts";

/** What came of a comparison with a snapshot. */
export interface Compared extends Drift {
  /** When the snapshot's sync began, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Compares what was pushed with the newest full sync of a snapshot. Throws a {@link Failure} where that cannot be read. */
export async function compareWith(store: ScimStore, file: string, tempDir?: string): Promise<Compared> {
  await using snapshot = await openSnapshot(file, tempDir === undefined ? {} : { tempDir });
  const sync = snapshot.current();
  const content = snapshot.content();
  const types = new Set([...content.resourceTypes()].map(({ id }) => id));
  if (!types.has("user")) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `${file} holds no users to compare with`,
      advice: "sync the org with its users and groups",
    });
  }
  const since = parseTime(sync?.startedAt ?? "") ?? 0;
  return { ...(await compare(store, new SnapshotSide(content), since)), since };
}
