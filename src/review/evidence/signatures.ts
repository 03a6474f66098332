import { readBytes } from "../record/files.ts";
import { JOURNAL_FILE } from "../record/journal.ts";
import { isSignedBy, readSignature, type Signed, type SigningKey } from "../record/signature.ts";
import type { Fault, ReadReview } from "../review.ts";
import { STARTED_SIGNATURE } from "../start.ts";
import { CLOSED_SIGNATURE } from "./close.ts";

/** What the signatures of a review's folder came to. */
export interface SignatureCheck {
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  /** Whose key signed: checked against the key that was given, only named without one; empty where nobody signed. */
  readonly state: "checked" | "named" | "";
  readonly signedBy: string;
}

const UNSIGNED_CLOSE = "all in between could have been made anew";

interface Wanted {
  readonly file: string;
  /** The key that the journal says signed; empty where it says that none did. */
  readonly by: string;
  readonly signs: Signed;
}

/**
 * Checks a review's signatures: that each is there which the journal names, says what is here, and is one by the key that
 * is given; without one, by the key that it carries. Of a closed review the signature over the close is the one that counts.
 */
export async function checkSignatures(
  { records, hashes, state }: ReadReview,
  folder: string,
  key: SigningKey | undefined,
): Promise<SignatureCheck> {
  const faults: Fault[] = [];
  const notes: string[] = [];
  const [first] = records;
  const review = state?.campaign.review ?? "";
  const startedBy = first?.kind === "started" ? first.signedBy : "";
  const started = { review, what: "started", records: 1, sha256: hashes[0] ?? "" } as const;
  const wanted: Wanted[] = [{ file: STARTED_SIGNATURE, by: startedBy, signs: started }];
  const closed = state?.closed;
  if (closed !== undefined) {
    const { length } = records;
    const signs = { review, what: "closed", records: length, sha256: hashes[length - 1] ?? "" } as const;
    wanted.push({ file: CLOSED_SIGNATURE, by: closed.signedBy, signs });
  } else if (readBytes(folder, CLOSED_SIGNATURE) !== undefined) {
    const what = "is there although the journal does not say that the review was closed: it was cut short";
    faults.push({ file: CLOSED_SIGNATURE, what });
  }
  for (const one of wanted) {
    const what = await faultOf(one, readBytes(folder, one.file)?.toString(), key);
    if (what !== undefined) faults.push({ file: one.file, what });
  }
  const signedBy = (closed ?? { signedBy: startedBy }).signedBy || startedBy;
  if (key !== undefined && signedBy === "")
    faults.push({ file: JOURNAL_FILE, what: "is not signed, although a key was given to check it by" });
  else if (closed?.signedBy === "" && startedBy !== "") {
    if (key === undefined) notes.push(`the start is signed, the close is not signed: ${UNSIGNED_CLOSE}`);
    else
      faults.push({
        file: CLOSED_SIGNATURE,
        what: `is missing: the start is signed and the close is not, so ${UNSIGNED_CLOSE}`,
      });
  }
  if (key === undefined && signedBy !== "")
    notes.push(`signed by the key ${signedBy}: give --key to check that it is who it should be`);
  const isChecked = key !== undefined && faults.length === 0;
  return { faults, notes, state: signedBy === "" ? "" : isChecked ? "checked" : "named", signedBy };
}

/** What is wrong with a signature; `undefined` where nothing is. */
async function faultOf(
  { by, signs }: Wanted,
  text: string | undefined,
  key: SigningKey | undefined,
): Promise<string | undefined> {
  if (text === undefined) return by === "" ? undefined : `is missing: the journal says that ${by} signed`;
  if (by === "") return "is there although the journal says that nobody signed";
  const found = await readSignature(text);
  if (found === undefined) return "was changed: it is no signature any more";
  if (found.kid !== by || (found.carried !== undefined && found.carried.thumbprint !== by)) {
    return `names another key than the journal, which says ${by}`;
  }
  const { says } = found;
  if (says === undefined || (Object.keys(signs) as (keyof Signed)[]).some((name) => says[name] !== signs[name])) {
    return "signs something else than what is here: the journal was changed or cut short";
  }
  const signer = key ?? found.carried;
  if (signer === undefined || (await isSignedBy(found, signer))) return undefined;
  return key === undefined
    ? "was changed: it is no signature by the key that it carries"
    : `is no signature by the key ${key.thumbprint}`;
}
