/** Stands before the state that this program leaves in a sync's entry. */
export const STATE_FORM = "baton-okta/1 ";

/**
 * The text of a sync's entry (`sync_token`) with what could not be read of the other side added to it: whoever asks the
 * snapshot later must not take that for "nobody". `token`: a state or a record of this program's, or none.
 */
export function withMissing(token: string, missing: readonly string[]): string {
  if (token === "") return STATE_FORM + JSON.stringify({ missing });
  const form = token.startsWith(STATE_FORM) ? STATE_FORM : "";
  return form + JSON.stringify({ ...JSON.parse(token.slice(form.length)), missing });
}

/** Reads it; `undefined` where the entry does not say, as those of other writers. */
export function missingIn(token: unknown): string[] | undefined {
  if (typeof token !== "string") return undefined;
  try {
    const { missing } = JSON.parse(token.startsWith(STATE_FORM) ? token.slice(STATE_FORM.length) : token);
    return Array.isArray(missing) ? missing.filter((text): text is string => typeof text === "string") : undefined;
  } catch {
    return undefined;
  }
}
