import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../runtime/failure.ts";
import type { Closed } from "../journal-records.ts";
import { sha256 } from "../record/canonical.ts";
import { readBytes, writeWhole } from "../record/files.ts";
import { dropLockFile } from "../record/lock.ts";
import { type SigningKey, sign } from "../record/signature.ts";
import type { Review } from "../review.ts";
import { EVIDENCE_FILES, type EvidenceFile } from "./files.ts";

/** The signature over a closed review, where a key was given. */
export const CLOSED_SIGNATURE = "closed.jws";

/**
 * Closes a review: writes what is evidence, and the record that vouches for it. Killed on the way, it is done again. Throws
 * `failedPrecondition` where a revocation was begun whose end is not known, or it is closed already.
 */
export async function closeReview(review: Review, by: string, key: SigningKey | undefined): Promise<void> {
  const { folder, state } = review;
  const before = state.closed;
  if (before !== undefined) {
    // A kill may have come between the record and its signature.
    const isUnsigned = before.signedBy !== "" && !existsSync(join(folder, CLOSED_SIGNATURE));
    if (isUnsigned && key?.thumbprint === before.signedBy) return await signClosed(review, key);
    await review.add([]);
  }
  const unknown = [...state.items.keys()].filter((id) => state.isRevoking(id));
  if (unknown.length > 0) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `${unknown.length} ${unknown.length === 1 ? "revocation was" : "revocations were"} begun whose end is not known`,
      advice: "run review apply again: it reads first what came of them",
    });
  }
  const files: Record<string, string> = {};
  for (const name of Object.keys(EVIDENCE_FILES) as EvidenceFile[]) {
    await writeWhole(join(folder, name), EVIDENCE_FILES[name](state));
    files[name] = sha256(readBytes(folder, name)!);
  }
  const closed: Closed = { kind: "closed", time: review.time(), by, files, signedBy: key?.thumbprint ?? "" };
  await review.add([closed]);
  if (key !== undefined) await signClosed(review, key);
  dropLockFile(folder);
}

async function signClosed(review: Review, key: SigningKey): Promise<void> {
  const { n, sha256: hash } = review.head;
  const signed = { review: review.state.campaign.review, what: "closed", records: n, sha256: hash } as const;
  await writeWhole(join(review.folder, CLOSED_SIGNATURE), [`${await sign(signed, key)}\n`]);
}
