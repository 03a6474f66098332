import { createHash } from "node:crypto";
import { PageError } from "../page-error.ts";

/** What a cursor holds: where a list goes on. */
export type Position = readonly (string | number)[];

/** The longest cursor that is read. */
const MAX_LENGTH = 2_000;

/** A position as an opaque text that is good for the same question only. */
export function encodeCursor(question: string, position: Position): string {
  return Buffer.from(JSON.stringify([mark(question), ...position])).toString("base64url");
}

/**
 * The position in a cursor of the same question, with values of these types. Throws a `badRequest` {@link PageError} for
 * what is none.
 */
export function decodeCursor(
  question: string,
  cursor: string,
  types: readonly ("string" | "number" | "either")[],
): Position {
  const refused = new PageError("badRequest", "the cursor is none of this list: begin at the first page");
  if (cursor.length > MAX_LENGTH) throw refused;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw refused;
  }
  if (!Array.isArray(parsed) || parsed.length !== types.length + 1 || parsed[0] !== mark(question)) throw refused;
  const position = parsed.slice(1);
  const fits = types.every((type, at) => {
    const value: unknown = position[at];
    if (typeof value === "number") return type !== "string" && Number.isSafeInteger(value);
    return typeof value === "string" && type !== "number";
  });
  if (!fits) throw refused;
  return position as Position;
}

function mark(question: string): string {
  return createHash("sha256").update(question).digest("base64url").slice(0, 12);
}
