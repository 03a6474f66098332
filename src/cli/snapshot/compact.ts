import { mkdirSync } from "node:fs";
import { type Compacted, compactSyncs } from "../../baton/compact/compact.ts";
import { addDifference } from "../../baton/compact/difference.ts";
import { diskFailure } from "../../baton/snapshot/container/disk.ts";
import type { SyncStats } from "../../baton/snapshot/stats.ts";
import { systemClock } from "../../runtime/clock.ts";
import { Failure } from "../../runtime/failure.ts";
import { printable } from "../../runtime/printable-text.ts";
import { onShutdown } from "../../runtime/shutdown.ts";
import { tempFolder } from "../../runtime/temp-folder.ts";
import { EXIT } from "../exit.ts";
import type { FlagValues } from "../flags/flags.ts";
import { openLogs } from "../logs.ts";
import type { RunOperation } from "../operations/operation.ts";
import { countsTable } from "../sync/summary.ts";
import { bytes, pluralize, wrap } from "../terminal/layout.ts";

/** `--compact-syncs`: one snapshot of a base and the syncs after it. */
export const compact: RunOperation = async (values, env, output) => {
  const { log, human } = openLogs(values, output, output.err);
  const made = await interruptibly((signal) =>
    compactSyncs({
      files: values["compact-file-paths"],
      syncIds: values["compact-sync-ids"],
      outputFolder: values["compact-output-path"]!,
      tempDir: folderOf(values, env),
      clock: systemClock,
      signal,
    }),
  );
  const added = made.folded.filter(({ takesOut }) => !takesOut);
  if (!human || values.output === "json") {
    for (const { file, syncId } of added)
      log.warn("what was taken away is not known of a partial sync", { file, syncId });
  }
  log.info("compacted", { file: made.file, syncId: made.syncId, removed: made.removed });
  output.out(values.output === "json" ? `${JSON.stringify(compactedData(made), null, 2)}\n` : compactedText(made));
  return EXIT.done;
};

/** `--diff-syncs`: a partial sync of what one sync has and another has not. */
export const difference: RunOperation = async (values, env, output) => {
  const { log } = openLogs(values, output, output.err);
  const [baseId, appliedId] = [values["base-sync-id"]!, values["applied-sync-id"]!];
  const { file, syncId, stats } = await interruptibly((signal) =>
    addDifference({ file: values.file, baseId, appliedId, tempDir: folderOf(values, env), clock: systemClock, signal }),
  );
  log.info("difference added", { file, syncId, base: baseId, applied: appliedId });
  output.out(
    values.output === "json"
      ? `${JSON.stringify({ file, syncId, syncType: "partial", parentSyncId: baseId, ...countsOf(stats) }, null, 2)}\n`
      : `Added what ${printable(appliedId)} has and ${printable(baseId)} has not to ${printable(file)}, as the partial sync ${syncId}.\n\n${countsTable(countsOf(stats))}`,
  );
  return EXIT.done;
};

function folderOf(values: FlagValues, env: NodeJS.ProcessEnv): string {
  const folder = values["c1z-temp-dir"] ?? tempFolder(env);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw diskFailure(error, "write", folder);
  }
  return folder;
}

/** Runs `body` until it ends or a signal comes; nothing that was there before has changed then. */
async function interruptibly<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const shutdown = onShutdown();
  try {
    return await body(shutdown.stop);
  } catch (error) {
    if (!shutdown.stop.aborted) throw error;
    throw new Failure({
      kind: "cancelled",
      message: `interrupted by ${shutdown.signal}; nothing was written`,
      cause: error,
    });
  } finally {
    shutdown.dispose();
  }
}

function countsOf(stats: SyncStats) {
  return {
    resources: stats.resources_by_resource_type,
    entitlements: stats.entitlements_by_resource_type,
    grants: stats.grants_by_resource_type,
  };
}

function compactedData({ stats, ...made }: Compacted): object {
  return { ...made, ...countsOf(stats) };
}

const KINDS: Readonly<Record<string, string>> = { full: "full", partial: "partial", resources_only: "resources-only" };

function compactedText({ file, fileBytes, syncType, folded, stats, removed }: Compacted): string {
  const parts = [
    `Made one ${KINDS[syncType]} sync of ${folded.length}: ${printable(file)} (${bytes(fileBytes)}).\n`,
    countsTable(countsOf(stats)),
  ];
  const gone = [
    removed.resources > 0 && pluralize(removed.resources, "resource"),
    removed.grants > 0 && pluralize(removed.grants, "grant"),
  ].filter((text) => text !== false);
  if (gone.length > 0) parts.push(`Taken out, as not there any more: ${gone.join(" and ")}.\n`);
  const added = folded.filter(({ takesOut }) => !takesOut);
  if (added.length > 0) {
    const names = added.map(({ file: from, syncId }) => `${syncId} (${from})`).join(", ");
    const text = `Only what is new was taken of ${names}: it does not say what it has read, so grants that were revoked since may still stand in the result.`;
    parts.push(`${wrap(printable(text), 100).join("\n")}\n`);
  }
  return parts.join("\n");
}
