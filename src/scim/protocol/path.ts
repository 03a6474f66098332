import { ScimError } from "./error.ts";
import { type Filter, FilterReader } from "./filter/parse.ts";
import { tokensOf } from "./filter/tokens.ts";
import { isUrn } from "./urns.ts";

/** What a patch's path names, as `emails[type eq "work"].value`. Source: RFC 7644, section 3.5.2. */
export interface PatchPath {
  /** The schema in front of the attribute, as it was written. */
  readonly urn?: string;
  /** The attribute; absent where the path is a schema. */
  readonly attribute?: string;
  /** Which values of a multi-valued attribute. */
  readonly filter?: Filter;
  readonly sub?: string;
}

/**
 * Reads a path. `isSchema` tells a path that names an extension as a whole from one that names an attribute in a schema.
 * Throws a {@link ScimError} with `invalidPath`.
 */
export function parsePath(text: string, isSchema: (urn: string) => boolean): PatchPath {
  try {
    const reader = new FilterReader(tokensOf(text));
    const word = reader.word("an attribute");
    if (reader.isAtEnd && isSchema(word)) return { urn: word };
    const { urn, name } = splitUrn(word);
    const [attribute = "", ...subs] = name.split(".");
    let sub = subs.join(".");
    let filter: Filter | undefined;
    if (reader.takes("[")) {
      filter = reader.either(0);
      if (!reader.takes("]")) throw new Error("] is missing");
      if (!reader.isAtEnd) {
        const after = reader.word("a sub-attribute");
        if (!after.startsWith(".")) throw new Error("what follows ] begins with a dot");
        sub = after.slice(1);
      }
    }
    reader.end();
    if (attribute === "" || sub.includes(".")) throw new Error("it is nested too deep");
    return { attribute, ...(urn && { urn }), ...(filter && { filter }), ...(sub && { sub }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new ScimError(400, `the path cannot be read: ${why}`, "invalidPath");
  }
}

/** `urn:...:2.0:User:name.givenName` as its schema and what follows. The dot in `2.0` belongs to the schema. */
function splitUrn(word: string): { urn?: string; name: string } {
  const colon = isUrn(word) ? word.lastIndexOf(":") : -1;
  return colon < 0 ? { name: word } : { urn: word.slice(0, colon), name: word.slice(colon + 1) };
}
