import type { Changes } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Source } from "../resource/source.ts";
import { LISTED_TYPES } from "./events.ts";
import { logPage, openLog } from "./log.ts";
import { changedUsers, usersSince } from "./users.ts";

/**
 * What has changed in an org: its system log says most; users have a clock; the short lists are read whole, as they show
 * counts and clocks at no extra call, and what was deleted by its absence.
 */
export function createChanges(source: Source): Changes {
  return {
    async open(call) {
      const { cursor, at } = await openLog(source, call);
      return { parts: { log: cursor, users: usersSince(at), lists: {} }, ...(at !== undefined && { at }) };
    },
    async page(part, cursor, call) {
      switch (part) {
        case "log":
          return logPage(source, cursor, call);
        case "users":
          return changedUsers(source, cursor, call);
        case "lists":
          return { items: LISTED_TYPES.map((type) => ({ what: "list", type })), since: {} };
        default:
          throw new Failure({ kind: "badCursor", message: `changes of ${JSON.stringify(part)} are not told` });
      }
    },
  };
}
