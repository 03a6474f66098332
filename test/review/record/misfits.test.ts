import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import { closeReview } from "../../../src/review/evidence/close.ts";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import { sha256 } from "../../../src/review/record/canonical.ts";
import { chainedLine, EMPTY_CHAIN } from "../../../src/review/record/chain.ts";
import { applyReview } from "../../../src/review/remediation/apply.ts";
import { openReview } from "../../../src/review/review.ts";
import { delegate } from "../../../src/review/reviewers/delegate.ts";
import { writeSheets } from "../../../src/review/sheets/write.ts";
import { madeUp } from "../campaign.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Line = Record<string, Json>;

/** In memory where there is such a folder: flushing to a disk is not what is tried here. */
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "baton-misfits-"));
const whole = join(root, "whole");
afterAll(() => rmSync(root, { recursive: true }));

/** A closed review in which everything has happened that a journal can hold. */
beforeAll(async () => {
  cpSync(mkdtempSync(join(root, "made-")), whole, { recursive: true });
  const items = madeUp(whole, 3, ["ada@acme.example", ""]);
  using review = await openReview(whole, { write: true });
  await writeSheets(review, join(root, "sheets"), "csv", undefined);
  const by = { by: "test", reason: "away" };
  await delegate(review, { from: "", to: "bob@acme.example", items: [], ...by });
  const answers = [0, 2].map((n) => ({ item: items[n]!.id, decision: "REVOKE", justification: "" }));
  await decide(review, answers, { reviewer: "ada@acme.example", via: "command" });
  await review.add([{ kind: "healed", time: review.time(), bytes: 1, sha256: "0" }]);
  await applyReview(review, {
    revoke: async () => ({ already: false }),
    read: async () => ({ held: false, what: "", answers: [] }),
    ...{ by: "test", concurrency: 1, stop: new AbortController().signal },
  });
  await closeReview(review, "test", undefined);
});

const lines = (file: string): Line[] =>
  readFileSync(join(whole, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Writes a file as whoever can write into the folder would: the chain, the frozen hashes and the head fit again. */
async function faultsOf(file: string, changed: readonly Json[] | Json): Promise<readonly string[]> {
  const folder = mkdtempSync(join(root, "changed-"));
  try {
    cpSync(whole, folder, { recursive: true });
    const chained = (records: readonly Json[]) => {
      let head = EMPTY_CHAIN;
      const text = records.map((record) => {
        const next = chainedLine(head, record as object);
        head = next.head;
        return next.line;
      });
      return { text: text.join(""), head };
    };
    let journal = lines("journal.jsonl") as Json[];
    if (file === "journal.jsonl") journal = changed as Json[];
    else {
      const text = file.endsWith(".jsonl") ? chained(changed as Json[]).text : JSON.stringify(changed);
      writeFileSync(join(folder, file), text);
      const [first, ...rest] = journal as [Line, ...Line[]];
      journal = [{ ...first, files: { ...(first.files as Line), [file]: sha256(text) } }, ...rest];
    }
    const { text, head } = chained(journal);
    writeFileSync(join(folder, "journal.jsonl"), text);
    writeFileSync(join(folder, "journal.head.json"), JSON.stringify({ records: head.n, sha256: head.sha256 }));
    const { faults } = await verifyReview(folder, undefined);
    return faults.map(({ what }) => what);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every place in a value, as the names that lead there. */
function* places(value: Json, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (["n", "prev"].includes(name) && path.length === 0) continue;
    yield [...path, name];
    yield* places(inner, [...path, name]);
  }
}

function replaced(value: Json, [name, ...rest]: readonly string[], by: Json | undefined): Json {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, Json>;
  if (rest.length > 0) copy[name!] = replaced(copy[name!]!, rest, by);
  else if (by === undefined) delete copy[name!];
  else copy[name!] = by;
  return copy as Json;
}

/** What no field of a review is: each is one kind of thing, and these are of every kind. */
const ANYTHING: readonly (Json | undefined)[] = [undefined, null, true, -1.5, "\u0000", [null], { x: [{}] }];

const CASES = (["journal.jsonl", "population.jsonl", "review.json"] as const).map((file) => [file] as const);

it.each(CASES)("whatever stands in %s, it is told of and never stumbled over", { timeout: 60_000 }, async (file) => {
  const isChain = file.endsWith(".jsonl");
  const records = isChain ? lines(file) : [JSON.parse(readFileSync(join(whole, file), "utf8")) as Line];
  const kinds = new Set<Json>();
  expect(await faultsOf(file, isChain ? records : records[0]!)).toEqual([]);
  for (const [i, record] of records.entries()) {
    const kind = record.kind ?? "";
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    for (const path of places(record)) {
      for (const value of ANYTHING) {
        const changed = replaced(record, path, value);
        const all = records.map((one, n) => (n === i ? changed : one));
        const faults = await faultsOf(file, isChain ? all : changed);
        // Whatever a review is not read by may be anything; what is missing of it is missing.
        if (value === undefined && isRead(path)) expect([path, faults]).not.toEqual([path, []]);
      }
    }
  }
});

/** What reviews of an earlier version lack. */
const ADDED = ["grantsKnownFrom"];

/** Whether a place is always there: in lists and in maps of names are as many as there are. */
function isRead(path: readonly string[]): boolean {
  return (
    !ADDED.includes(path.at(-1) ?? "") &&
    !path.some((name) => /^\d+$/.test(name)) &&
    !["files", "counts"].includes(path.at(-2) ?? "")
  );
}

it("says which file, line and field", async () => {
  const records = lines("journal.jsonl");
  const at = records.findIndex(({ kind }) => kind === "decided");
  const changed = records.map((one, i) => (i === at ? { ...one, together: "all" } : one));
  expect(await faultsOf("journal.jsonl", changed)).toEqual(
    expect.arrayContaining(['cannot be read: "together" is not what a review holds there']),
  );
});

it("looks at no file but those of a review, whatever a record names", async () => {
  const records = lines("journal.jsonl");
  for (const file of ["../../etc/passwd", "proofs/../review.json", "/etc/passwd"]) {
    const proved = records.map((one) => (one.kind === "remediated" ? { ...one, proof: { file, sha256: "0" } } : one));
    expect((await faultsOf("journal.jsonl", proved)).join()).toContain('"proof.file" is not what a review holds there');
    const closed = records.map((one) =>
      one.kind === "closed" ? { ...one, files: { ...(one.files as Line), [file]: "0" } } : one,
    );
    expect(await faultsOf("journal.jsonl", closed)).toContain(
      `vouches for ${JSON.stringify(file)}, which is no file of the evidence`,
    );
  }
});
