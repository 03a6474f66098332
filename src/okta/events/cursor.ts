import { createHash } from "node:crypto";
import { Failure } from "../../runtime/failure.ts";

/** Where a feed goes on. */
export interface Position {
  /**
   * The query of Okta's `next` link, without what every request says anew (`limit`, `filter`). Absent where Okta gave
   * no link: then the time decides.
   */
  readonly query?: readonly (readonly [string, string])[];
  /** Which filter the link belongs to. */
  readonly filter: string;
  /** The latest time that was seen, in milliseconds since the Unix epoch: what is left has this time or a later one. */
  readonly time: number;
  /** Marks of the entries of just that time that were handed out already. */
  readonly seen: readonly string[];
}

/** The original's cursor: Okta's `after` and nothing else. */
export interface BareAfter {
  readonly after: string;
}

/** The bytes that a cursor may have. Source: the validation rules of the Baton contract. */
export const MAX_CURSOR_BYTES = 4096;

const PREFIX = "bo1.";

/** Letters of the check that a cursor begins with. */
const CHECK_LETTERS = 8;

/** Letters of an entry's mark: 48 bits, so that two entries of one millisecond do not share one. */
const MARK_LETTERS = 8;

/** What an entry is remembered by. */
export function markOf(uuid: string): string {
  return createHash("sha256").update(uuid).digest("base64url").slice(0, MARK_LETTERS);
}

/** Writes a position. Whatever does not fit is left out so that at worst something is handed out twice, never lost. */
export function writeCursor(position: Position): string {
  const whole = encode(position);
  if (whole.length <= MAX_CURSOR_BYTES) return whole;
  const bare = encode({ ...position, seen: [] });
  if (position.query !== undefined && bare.length <= MAX_CURSOR_BYTES) return bare;
  const { query: _, ...timed } = position;
  const marks = Math.floor((((MAX_CURSOR_BYTES - PREFIX.length) * 3) / 4 - 100) / MARK_LETTERS);
  return encode({ ...timed, seen: position.seen.slice(-marks) });
}

/** Reads a cursor. Throws a {@link Failure} of kind `invalidArgument` where it is none. */
export function readCursor(cursor: string): Position | BareAfter {
  if (Buffer.byteLength(cursor) > MAX_CURSOR_BYTES) throw badCursor();
  if (!cursor.startsWith(PREFIX)) {
    if (!/^[!-~]+$/.test(cursor)) throw badCursor();
    return { after: cursor };
  }
  try {
    return decode(cursor.slice(PREFIX.length));
  } catch (cause) {
    throw badCursor(cause);
  }
}

/** A cursor that is none of this feed's. */
export function badCursor(cause?: unknown): Failure {
  return new Failure({
    kind: "invalidArgument",
    message: "the cursor is none of this feed's",
    advice: "give one that the feed gave, as it was, or start at a time without one",
    field: "cursor",
    cause,
  });
}

function encode({ query, filter, time, seen }: Position): string {
  const parts = [filter, time, seen.join(""), ...(query === undefined ? [] : [query])];
  const text = JSON.stringify(parts);
  return PREFIX + checkOf(text) + Buffer.from(text).toString("base64url");
}

/** Tells a cursor that was altered or cut off: to go on from a wrong place would lose events without a word. */
function checkOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, CHECK_LETTERS);
}

function decode(encoded: string): Position {
  const text = Buffer.from(encoded.slice(CHECK_LETTERS), "base64url").toString("utf8");
  if (checkOf(text) !== encoded.slice(0, CHECK_LETTERS)) throw new SyntaxError("altered");
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts) || parts.length < 3 || parts.length > 4) throw new SyntaxError("not of the form");
  const [filter, time, marks, query] = parts as unknown[];
  if (typeof filter !== "string" || typeof marks !== "string" || marks.length % MARK_LETTERS !== 0) {
    throw new SyntaxError("not of the form");
  }
  if (typeof time !== "number" || !Number.isSafeInteger(time) || Math.abs(time) > 8.64e15) {
    throw new SyntaxError("no time");
  }
  const seen = marks.match(new RegExp(`.{${MARK_LETTERS}}`, "gs")) ?? [];
  if (query === undefined) return { filter, time, seen };
  if (!Array.isArray(query) || !query.every(isPair)) throw new SyntaxError("no query");
  return { filter, time, seen, query };
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}
