import type { Call } from "../../baton/connector.ts";
import { isObject, text } from "../../baton/model/values.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import { isOnEndpoint } from "../api/paths.ts";
import type { LogEntry } from "../events/log-entry.ts";
import { appsOfGroup } from "../groups/counts.ts";
import type { GroupClock, MembershipChanges } from "../resource/memo.ts";
import type { Source } from "../resource/source.ts";
import { appType, groupType } from "../resource/types.ts";
import { importedFrom, readAfter, SWEEPING_EVENTS } from "./events.ts";
import { importedGroups, isRefused, LOGS, MAX_AGE_MS, UNNAMED } from "./log.ts";
import type { LogPlace } from "./log-place.ts";

/**
 * How far before a place's time the clock of a group counts as moved since, in milliseconds: what Okta had not shown
 * everywhere by then.
 */
const OVERLAP_MS = 15 * 60_000;

/** Groups whose apps are asked for, each in a call; where more have changed, any app counts as changed. */
const MAX_GROUPS_ASKED = 500;

/** What may have changed, and where the log goes on. */
export interface ChangedSince {
  readonly changes: MembershipChanges;
  /** Absent where the log could not be read to its end. */
  readonly end?: LogPlace;
}

const ANY: MembershipChanges = { groups: undefined, apps: undefined };

/**
 * What of memberships may have changed since a place in the log, by its entries and by the clocks of groups. What an entry
 * leaves open is taken for changed.
 */
export async function changedSince(
  source: Source,
  from: LogPlace,
  clocks: ReadonlyMap<string, GroupClock>,
  call: Call,
): Promise<ChangedSince> {
  const found = new Found();
  let { path, at } = from;
  for (;;) {
    let page: ListPage<LogEntry>;
    try {
      page = await source.client.list<LogEntry>(path, call);
    } catch (error) {
      const isUnknown = isFailure(error, "badCursor") || isFailure(error, "invalidArgument");
      if (isUnknown || isRefused(error)) return { changes: ANY };
      throw error;
    }
    if (page.at === undefined || page.at - from.at > MAX_AGE_MS) return { changes: ANY };
    at = page.at;
    for (const entry of page.items.filter(isObject)) await found.take(source, entry, call);
    const next = page.next !== undefined && isOnEndpoint(page.next, LOGS) ? page.next : undefined;
    const isLast = next === undefined || next === path || page.items.length === 0;
    path = next ?? path;
    if (isLast) break;
  }
  for (const [id, { changedAt }] of clocks) if (changedAt >= from.at - OVERLAP_MS) found.groups.add(id);
  // What a clock moves to after it was seen must count as later than this place.
  for (const { listedAt } of clocks.values()) at = Math.min(at, listedAt);
  return { changes: await found.changes(source, clocks, call), end: { path, at } };
}

/** What a log names, entry by entry. */
class Found {
  readonly groups = new Set<string>();
  readonly #apps = new Set<string>();
  #anyGroup = false;
  #anyApp = false;

  async take(source: Source, entry: LogEntry, call: Call): Promise<void> {
    if (SWEEPING_EVENTS.includes(text(entry.eventType))) this.#anyApp = true;
    const apps = importedFrom(entry);
    for (const app of apps?.length === 0 ? [UNNAMED] : (apps ?? [])) {
      this.#names(appType.id, app === UNNAMED ? undefined : app);
      for (const read of await importedGroups(source, app, call)) {
        if (read.what === "grants") this.#names(groupType.id, read.id);
      }
    }
    const reads = readAfter(entry);
    if (reads === undefined) {
      this.#anyGroup = true;
      this.#anyApp = true;
      return;
    }
    for (const read of reads) {
      if (read.what === "grants") this.#names(read.type, read.id);
      // Which apps somebody had who is gone by now is shown nowhere; of a group the count shows it.
      if (read.what === "holdings" || read.what === "everything") this.#anyApp = true;
    }
  }

  #names(type: string, id: string | undefined): void {
    if (type === appType.id) {
      if (id === undefined) this.#anyApp = true;
      else this.#apps.add(id);
    }
    if (type === groupType.id) {
      if (id === undefined) this.#anyGroup = true;
      else this.groups.add(id);
    }
  }

  /** Who comes to a group or leaves it gets or loses its apps. */
  async changes(source: Source, clocks: ReadonlyMap<string, GroupClock>, call: Call): Promise<MembershipChanges> {
    const groups = this.#anyGroup ? undefined : this.groups;
    const giving = [...this.groups].filter((id) => clocks.get(id)?.apps !== 0);
    if (this.#anyApp || this.#anyGroup || giving.length > MAX_GROUPS_ASKED) return { groups, apps: undefined };
    for (const id of giving) {
      try {
        for (const app of await appsOfGroup(source, id, call)) this.#apps.add(app);
      } catch (error) {
        if (!isFailure(error, "notFound") && !isFailure(error, "permissionDenied")) throw error;
        return { groups, apps: undefined };
      }
    }
    return { groups, apps: this.#apps };
  }
}
