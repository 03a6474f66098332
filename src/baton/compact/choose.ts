import KSUID from "ksuid";
import { Failure } from "../../runtime/failure.ts";
import { parseTime } from "../snapshot/time.ts";
import type { Source, SourceSync } from "./source.ts";

/** A sync that is folded, and the snapshot that it is in. */
export interface Entry {
  readonly source: Source;
  readonly sync: SourceSync;
}

/** The kinds of sync that show what there is. A difference of two syncs is none. */
const FOLDABLE = new Set(["full", "partial", "resources_only"]);

/**
 * The syncs to fold, in their order: of each source the one that `ids` names at its place, else its newest finished one;
 * of a single source without ids its newest full one and the partial ones after it. Throws a {@link Failure} of kind
 * `usage` or `notFound` where there is nothing to fold, or the order is not that in which they were made.
 */
export function chooseEntries(sources: readonly Source[], ids: readonly string[]): Entry[] {
  const entries = choose(sources, ids);
  if (entries.length < 2) {
    throw new Failure({
      kind: "usage",
      message: `there is nothing to fold into ${entries[0]!.sync.id}`,
      advice: "name the base and the partial syncs after it, in this order",
    });
  }
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (before === undefined || madeAt(entry.sync) >= madeAt(before.sync)) continue;
    throw new Failure({
      kind: "usage",
      message: `sync ${entry.sync.id} in ${entry.source.path} was made before ${before.sync.id} in ${before.source.path}`,
      advice: "name them in the order in which they were made, the base first",
    });
  }
  return entries;
}

function choose(sources: readonly Source[], ids: readonly string[]): Entry[] {
  const [only] = sources;
  if (ids.length > 0) {
    const pairs = sources.length === 1 ? ids.map(() => only!) : sources;
    if (pairs.length !== ids.length) {
      throw new Failure({
        kind: "usage",
        message: `there are ${sources.length} files and ${ids.length} sync ids`,
        advice: "give one sync id for each file, in the same order",
      });
    }
    return pairs.map((source, i) => ({ source, sync: named(source, ids[i]!) }));
  }
  if (sources.length === 1) {
    const done = foldable(only!);
    const base = done.findLastIndex(({ type }) => type === "full");
    if (base === -1) throw none(only!, "no finished full sync");
    return done.slice(base).map((sync) => ({ source: only!, sync }));
  }
  if (new Set(sources).size < sources.length) {
    throw new Failure({
      kind: "usage",
      message: "a file is named twice",
      advice: "say with --compact-sync-ids which of its syncs are meant",
    });
  }
  return sources.map((source) => {
    const newest = foldable(source).reduce<SourceSync | undefined>(
      (best, sync) => (best === undefined || endOf(sync) >= endOf(best) ? sync : best),
      undefined,
    );
    if (newest === undefined) throw none(source, "no finished sync");
    return { source, sync: newest };
  });
}

function named(source: Source, id: string): SourceSync {
  const sync = source.syncs.find((one) => one.id === id);
  if (sync === undefined) throw none(source, `no sync ${id}`);
  if (sync.endedAt === undefined) throw none(source, `sync ${id} only unfinished`);
  if (FOLDABLE.has(sync.type)) return sync;
  throw new Failure({
    kind: "usage",
    message: `sync ${id} in ${source.path} is of type ${sync.type}, which cannot be folded`,
    advice: "name a full sync or a partial one",
  });
}

function foldable({ syncs }: Source): SourceSync[] {
  return syncs.filter(({ type, endedAt }) => endedAt !== undefined && FOLDABLE.has(type));
}

function none({ path }: Source, what: string): Failure {
  return new Failure({
    kind: "notFound",
    message: `${path} holds ${what}`,
    advice: "see baton-okta snapshot show FILE",
  });
}

function endOf({ endedAt }: SourceSync): number {
  return parseTime(endedAt ?? "") ?? 0;
}

/** When a sync was begun, in seconds: its id says so in UTC, whatever zone its writer's times are in. */
function madeAt({ id, startedAt }: SourceSync): number {
  try {
    return Math.floor(KSUID.parse(id).date.getTime() / 1000);
  } catch {
    return Math.floor((parseTime(startedAt) ?? 0) / 1000);
  }
}
