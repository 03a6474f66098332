import { exportJson } from "../../src/baton/access/export/json.ts";
import { openSnapshot } from "../../src/baton/snapshot/reader.ts";

/** The golden form of a snapshot: four maps from external id to message. */
export interface GoldenForm {
  readonly resource_types: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly entitlements: Readonly<Record<string, unknown>>;
  readonly grants: Readonly<Record<string, unknown>>;
}

/** What the current sync of a snapshot holds, or the newest finished one of any type. */
export async function readGoldenForm(file: string, which: "current" | "newest" = "current"): Promise<GoldenForm> {
  await using snapshot = await openSnapshot(file);
  const sync = which === "current" ? snapshot.current() : snapshot.newestFinished();
  return JSON.parse([...exportJson(snapshot.content(sync?.syncId))].join(""));
}
