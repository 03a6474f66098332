import { readdirSync } from "node:fs";
import { CAMPAIGN_FILE, POPULATION_FILE } from "../campaign.ts";
import { needsJustification } from "../decisions/decide.ts";
import { type Delegated, type JournalRecord, PROOFS_FOLDER } from "../journal-records.ts";
import { itemId } from "../population/item.ts";
import { sha256 } from "../record/canonical.ts";
import { readChain } from "../record/chain.ts";
import { readBytes } from "../record/files.ts";
import { HEAD_FILE, JOURNAL_FILE } from "../record/journal.ts";
import { LOCK_FILE } from "../record/lock.ts";
import type { SigningKey } from "../record/signature.ts";
import { type Fault, type ReadReview, readReview } from "../review.ts";
import { STARTED_SIGNATURE } from "../start.ts";
import { ReviewState } from "../state.ts";
import { CLOSED_SIGNATURE } from "./close.ts";
import { EVIDENCE_FILES, type EvidenceFile } from "./files.ts";
import { checkSignatures } from "./signatures.ts";

/** What checking a review's folder came to. */
export interface Verified {
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  readonly records: number;
  readonly items: number;
  readonly isClosed: boolean;
  /** Whose key signed it: checked against the key that was given, only named without one; empty where nobody signed. */
  readonly signature: "checked" | "named" | "";
  readonly signedBy: string;
  /** The hash of the journal's last record. */
  readonly sha256: string;
}

/**
 * Checks all that is in a review's folder: every link of every chain, every file's hash, that each record may follow the
 * ones before it, that what was worked out at the close follows from the records, and the signatures. `key`: whose they
 * have to be.
 */
export async function verifyReview(folder: string, key: SigningKey | undefined): Promise<Verified> {
  const read = readReview(folder);
  const faults: Fault[] = [...read.faults];
  const notes = [...read.notes];
  const { records, state } = read;
  if (state !== undefined && faults.length === 0) {
    faults.push(...itemFaults(state), ...recordFaults(read, folder));
    if (state.closed !== undefined) faults.push(...closedFaults(read, folder));
    if (state.closed !== undefined && faults.length === 0) notes.push(...summaryNotes(state));
  }
  const signature = await checkSignatures(read, folder, key);
  faults.push(...signature.faults);
  notes.push(...signature.notes, ...strangers(folder, read));
  return {
    ...{ faults, notes, records: records.length, items: state?.items.size ?? 0, isClosed: state?.closed !== undefined },
    ...{ signature: signature.state, signedBy: signature.signedBy, sha256: read.journal.head.sha256 },
  };
}

/** Items whose id is not theirs. */
function itemFaults(state: ReviewState): Fault[] {
  return [...state.items.values()]
    .filter(({ id, principal, entitlement }) => itemId(principal, entitlement.id) !== id)
    .map(({ id }) => ({ file: POPULATION_FILE, what: `the item ${id} is another access than its id says` }));
}

/** Records that may not stand where they stand. */
function recordFaults({ records, state: whole }: ReadReview, folder: string): Fault[] {
  const faults: Fault[] = [];
  const state = new ReviewState(whole!.campaign, whole!.items, []);
  records.forEach((record, i) => {
    const what = recordFault(record, state, folder, i);
    if (what !== undefined) faults.push({ file: JOURNAL_FILE, line: i + 1, what });
    state.take(record);
  });
  return faults;
}

function recordFault(record: JournalRecord, state: ReviewState, folder: string, i: number): string | undefined {
  if (state.closed !== undefined) return "was added after the review was closed";
  if (record.kind === "started") return i === 0 ? undefined : "starts the review a second time";
  if (record.kind === "delegated") return delegationFault(record, state);
  if (!("item" in record)) return undefined;
  const item = state.items.get(record.item);
  if (item === undefined) return `is about ${record.item}, which is no item of the population`;
  if (record.kind === "decided") {
    if (record.reviewer !== state.reviewerOf(item))
      return `is a decision of ${record.reviewer}, who was not to decide on ${item.id}`;
    if (state.isOwn(item, record.reviewer)) return `is a decision of ${record.reviewer} on their own access`;
    if (state.isRevoking(item.id) || state.remediated(item.id) !== undefined)
      return "is a decision on what was carried out already";
    if (item.carried) return `is a decision on ${item.id}, about which nobody was asked`;
    const isBare = record.justification.trim() === "";
    if (isBare && needsJustification(state.campaign.settings.requireJustification, item, record.decision))
      return "is a decision without the justification that the review requires";
    return undefined;
  }
  if (state.effective(item) !== "REVOKE") return `takes ${item.id} away, which nobody decided`;
  if (record.kind !== "remediated" || record.proof === null || record.proof.file === "") return undefined;
  const proof = readBytes(folder, record.proof.file);
  if (proof === undefined) return `has a proof, ${record.proof.file}, that is missing`;
  return sha256(proof) === record.proof.sha256 ? undefined : `has a proof, ${record.proof.file}, that was changed`;
}

/** Why something could not be handed over as a record says; `undefined` where it could. */
function delegationFault({ from, to, items }: Delegated, state: ReviewState): string | undefined {
  for (const id of items) {
    const item = state.items.get(id);
    if (item === undefined) return `hands over ${id}, which is no item of the population`;
    if (item.carried || state.reviewerOf(item) !== from)
      return `hands over ${id}, which ${from || "nobody"} did not have`;
    if (state.isOwn(item, to)) return `hands ${id} over to ${to}, whose own access it is`;
  }
  return undefined;
}

/** Files of the close that are missing, changed, or do not follow from the records. */
function closedFaults({ state: whole, records, journal }: ReadReview, folder: string): Fault[] {
  const faults: Fault[] = [];
  const state = whole!;
  if (journal.torn.length > 0) {
    const what = `${journal.torn.length} bytes were added after the review was closed`;
    faults.push({ file: JOURNAL_FILE, line: records.length + 1, what });
  }
  for (const [file, expected] of Object.entries(state.closed!.files)) {
    if (!Object.hasOwn(EVIDENCE_FILES, file)) {
      faults.push({
        file: JOURNAL_FILE,
        what: `vouches for ${JSON.stringify(file)}, which is no file of the evidence`,
      });
      continue;
    }
    const data = readBytes(folder, file);
    if (data === undefined) faults.push({ file, what: "is missing" });
    else if (sha256(data) !== expected) {
      const breaks = file.endsWith(".jsonl") ? readChain(data).breaks : [];
      if (breaks.length > 0) faults.push(...breaks.map(({ line, what }) => ({ file, line, what })));
      else faults.push({ file, what: "was changed: its SHA-256 is not that of the close" });
    } else if (!file.endsWith(".html") && !file.endsWith(".txt")) {
      const made = [...EVIDENCE_FILES[file as EvidenceFile](state)].join("");
      if (sha256(made) !== expected) faults.push({ file, what: "does not follow from the journal" });
    }
  }
  for (const file of Object.keys(EVIDENCE_FILES)) {
    if (!Object.hasOwn(state.closed!.files, file)) faults.push({ file, what: "is not vouched for by the close" });
  }
  return faults;
}

/** That the page for people, whose looks change between versions, is not what the records make of it by now. */
function summaryNotes(state: ReviewState): string[] {
  const made = [...EVIDENCE_FILES["summary.html"](state)].join("");
  if (sha256(made) === state.closed!.files["summary.html"]) return [];
  return ["summary.html is not what this version writes of these records: compare its numbers with summary.json"];
}

/** Files that nobody vouches for: they are no evidence. */
function strangers(folder: string, { records, state }: ReadReview): string[] {
  const known = new Set<string>([
    CAMPAIGN_FILE,
    POPULATION_FILE,
    JOURNAL_FILE,
    HEAD_FILE,
    LOCK_FILE,
    STARTED_SIGNATURE,
    CLOSED_SIGNATURE,
  ]);
  if (state?.closed !== undefined) for (const name of Object.keys(EVIDENCE_FILES)) known.add(name);
  for (const record of records) if (record.kind === "remediated" && record.proof !== null) known.add(record.proof.file);
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return entry.name === PROOFS_FOLDER
      ? readdirSync(`${folder}/${entry.name}`).map((name) => `${PROOFS_FOLDER}/${name}`)
      : [`${entry.name}/`];
  });
  const strange = found.filter((name) => !known.has(name));
  return strange.length === 0
    ? []
    : [`not part of the evidence, as no record names it: ${strange.slice(0, 10).join(", ")}`];
}
