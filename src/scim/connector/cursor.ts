import type { Cursor } from "../../baton/connector.ts";
import { Failure } from "../../runtime/failure.ts";

/** The id after which a list goes on. Throws a {@link Failure} of kind `badCursor` for a cursor that is none of ours. */
export function afterOf(cursor: Cursor | undefined): string {
  if (cursor === undefined || cursor.after === undefined) return "";
  if (typeof cursor.after === "string" && !cursor.after.includes("\0")) return cursor.after;
  throw new Failure({ kind: "badCursor", message: "the page token is none of this list's" });
}
