import { generateKeyPairSync } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import { closeReview } from "../../../src/review/evidence/close.ts";
import { verifyReview } from "../../../src/review/evidence/verify.ts";
import { sha256 } from "../../../src/review/record/canonical.ts";
import { chainedLine, EMPTY_CHAIN } from "../../../src/review/record/chain.ts";
import { readKey, type SigningKey, sign } from "../../../src/review/record/signature.ts";
import { applyReview } from "../../../src/review/remediation/apply.ts";
import { openReview } from "../../../src/review/review.ts";
import { madeUp } from "../campaign.ts";

/** In memory where there is such a folder: flushing to a disk is not what is tried here. */
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "baton-tampering-"));
const at = (...names: string[]) => join(root, ...names);
let key: SigningKey;
let open: SigningKey;
let stranger: SigningKey;
afterAll(() => rmSync(root, { recursive: true }));

async function newKey(name: string): Promise<[SigningKey, SigningKey]> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(at(`${name}.pem`), privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(at(`${name}.pub`), publicKey.export({ format: "pem", type: "spki" }));
  return [await readKey(at(`${name}.pem`), "private"), await readKey(at(`${name}.pub`), "public")];
}

/** A closed review of six items: two revoked and proved, three approved, one not decided on. */
async function closed(name: string, reviewer: string, by: SigningKey | undefined): Promise<void> {
  cpSync(mkdtempSync(at("made-")), at(name), { recursive: true });
  const items = madeUp(at(name), 6, [reviewer]);
  using review = await openReview(at(name), { write: true });
  const answers = items.slice(0, 5).map(({ id }, n) => ({
    ...{ item: id, decision: n < 2 ? "REVOKE" : "APPROVE", justification: "as it is" },
  }));
  await decide(review, answers, { reviewer, via: "command" });
  await applyReview(review, {
    revoke: async () => ({ already: false }),
    read: async () => ({ held: false, what: "", answers: [] }),
    ...{ by: "test", concurrency: 1, stop: new AbortController().signal },
  });
  await closeReview(review, "test", by);
}

beforeAll(async () => {
  [key, open] = await newKey("key");
  [stranger] = await newKey("other");
  await closed("signed", "ada@acme.example", key);
  await closed("other", "bob@acme.example", key);
  await closed("unsigned", "ada@acme.example", undefined);
});

const filesOf = (name: string): string[] =>
  readdirSync(at(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(name).length + 1))
    .sort();

/** What is found wrong in a copy in which something was changed. */
async function found(name: string, change: (folder: string) => void, by?: SigningKey) {
  const copy = mkdtempSync(at("copy-"));
  try {
    cpSync(at(name), copy, { recursive: true });
    change(copy);
    return await verifyReview(copy, by);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const edit = (file: string, change: (data: Buffer) => Buffer | string) => (folder: string) =>
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file))));
const editLines = (file: string, change: (lines: string[]) => string[]) =>
  edit(file, (data) => `${change(data.toString().trimEnd().split("\n")).join("\n")}\n`);

/** The file that a fault of another one is told of: where the journal ends stands beside it, and it names its proofs. */
const toldOf = (file: string) => (file === "journal.head.json" ? "journal.jsonl" : file);

function expectFault({ faults }: Awaited<ReturnType<typeof found>>, file: string, how: string): void {
  const named = faults.some((fault) => fault.file === toldOf(file) || fault.what.includes(file));
  expect([how, faults.length > 0, named]).toEqual([how, true, true]);
}

describe.each(["signed", "unsigned"])("a closed review that is %s", (name) => {
  it("is whole as it was left", async () => {
    expect(await found(name, () => {})).toMatchObject({ faults: [], isClosed: true, items: 6 });
  });

  it("tells of any single bit that was turned, without the key too, and in which file", {
    timeout: 60_000,
  }, async () => {
    const files = filesOf(name);
    const flip = fc.record({ file: fc.constantFrom(...files), at: fc.nat(), bit: fc.nat({ max: 7 }) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ file, at: place, bit }) => {
        const byte = place % statSync(at(name, file)).size;
        const change = edit(file, (data) => {
          data[byte]! ^= 1 << bit;
          return data;
        });
        expectFault(await found(name, change), file, `bit ${bit} of byte ${byte} of ${file}`);
      }),
      { numRuns: 200 },
    );
  });

  it("tells of the last bits of every file", async () => {
    for (const file of filesOf(name)) {
      for (let back = 1; back <= 3; back++) {
        for (let bit = 0; bit < 8; bit++) {
          const change = edit(file, (data) => {
            data[data.length - back]! ^= 1 << bit;
            return data;
          });
          expectFault(await found(name, change), file, `bit ${bit} of byte -${back} of ${file}`);
        }
      }
    }
  });

  it("tells of files that were cut short, gone on with, emptied or taken away", async () => {
    for (const file of filesOf(name)) {
      const { size } = statSync(at(name, file));
      // Blanks behind where the journal ends say nothing.
      const isHead = file === "journal.head.json";
      for (const length of [0, 1, size >> 1, ...(isHead ? [] : [size - 2, size - 1])]) {
        const change = edit(file, (data) => data.subarray(0, length));
        expectFault(await found(name, change), file, `${file} cut to ${length} of ${size}`);
      }
      for (const more of [" ", "\n", "x", '{"kind":"decided"', "{}\n"]) {
        if (isHead && more.trim() === "") continue;
        const change = edit(file, (data) => Buffer.concat([data, Buffer.from(more)]));
        expectFault(await found(name, change), file, `${JSON.stringify(more)} behind ${file}`);
      }
      expectFault(await found(name, (folder) => rmSync(join(folder, file))).catch(gone), file, `${file} taken away`);
    }
  });

  it("tells of lines that were taken out, moved, doubled or put in, and where", async () => {
    for (const file of filesOf(name).filter((one) => one.endsWith(".jsonl"))) {
      const { length } = readFileSync(at(name, file), "utf8").trimEnd().split("\n");
      for (let n = 0; n < length; n++) {
        const out = await found(
          name,
          editLines(file, (lines) => lines.toSpliced(n, 1)),
        );
        expectFault(out, file, `line ${n + 1} of ${file} taken out`);
        const twice = await found(
          name,
          editLines(file, (lines) => lines.toSpliced(n, 0, lines[n]!)),
        );
        expectFault(twice, file, `line ${n + 1} of ${file} doubled`);
        expect(twice.faults.some(({ line }) => line === n + 2 || line === n + 1)).toBe(true);
        if (n === 0) continue;
        const swap = (lines: string[]) => lines.toSpliced(n - 1, 2, lines[n]!, lines[n - 1]!);
        expectFault(
          await found(name, editLines(file, swap)),
          file,
          `lines ${n} and ${n + 1} of ${file} changed places`,
        );
      }
    }
  });

  it("tells of each file that is another review's", async () => {
    for (const file of filesOf(name)) {
      const other = at("other", file);
      if (!existsSync(other) || readFileSync(other).equals(readFileSync(at(name, file)))) continue;
      expectFault(await found(name, (folder) => cpSync(other, join(folder, file))), file, `${file} of another review`);
    }
  });

  it("names files that were added", async () => {
    const { notes } = await found(name, (folder) => {
      writeFileSync(join(folder, "decisions-2.jsonl"), "{}\n");
      writeFileSync(join(folder, "proofs", "i1.json"), "{}\n");
    });
    expect(notes.join()).toContain("decisions-2.jsonl, proofs/i1.json");
  });
});

const gone = (error: Error) => ({ faults: [{ file: "journal.jsonl", what: error.message }] }) as never;

/** What whoever can write into the folder does: other decisions, and every hash made anew. `by`: whose key is at hand. */
async function madeAnew(name: string, by: SigningKey | undefined, keep: "signatures" | "none"): Promise<string> {
  const copy = mkdtempSync(at("anew-"));
  cpSync(at(name), copy, { recursive: true });
  const text = readFileSync(join(copy, "journal.jsonl"), "utf8");
  const records = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const signedBy = keep === "signatures" ? undefined : (by?.thumbprint ?? "");
  let head = EMPTY_CHAIN;
  const again: string[] = [];
  for (const { n: _, prev: __, ...record } of records.slice(0, -1)) {
    const changed = {
      ...record,
      ...(record.kind === "decided" && { justification: "made up afterwards" }),
      ...(record.kind === "started" && signedBy !== undefined && { signedBy }),
    };
    const next = chainedLine(head, changed);
    head = next.head;
    again.push(next.line);
    if (record.kind === "started" && by !== undefined) {
      const signed = { review: "r1", what: "started", records: 1, sha256: head.sha256 } as const;
      writeFileSync(join(copy, "started.jws"), `${await sign(signed, by)}\n`);
    }
  }
  writeFileSync(join(copy, "journal.jsonl"), again.join(""));
  writeFileSync(join(copy, "journal.head.json"), `${JSON.stringify({ records: head.n, sha256: head.sha256 })}\n`);
  const jws = keep === "signatures" && existsSync(join(copy, "closed.jws")) && readFileSync(join(copy, "closed.jws"));
  rmSync(join(copy, "closed.jws"), { force: true });
  {
    using review = await openReview(copy, { write: true });
    await closeReview(review, "test", by);
  }
  if (jws) writeFileSync(join(copy, "closed.jws"), jws);
  return copy;
}

const wrong = async (folder: string, by?: SigningKey) =>
  (await verifyReview(folder, by)).faults.map(({ file, what }) => `${file} ${what}`);

describe("a folder that was made anew, with every hash", () => {
  it("is seen by the signatures that are left in it, without any key", async () => {
    const faults = await wrong(await madeAnew("signed", undefined, "signatures"));
    expect(faults.join("\n")).toMatch(/closed.jws is there although the journal says that nobody signed/);
  });

  it("is seen by the key where it is not signed any more, or by another key", async () => {
    const bare = await madeAnew("signed", undefined, "none");
    expect(await wrong(bare, open)).toContain("journal.jsonl is not signed, although a key was given to check it by");
    const foreign = await madeAnew("signed", stranger, "none");
    expect((await wrong(foreign, open)).join("\n")).toMatch(/closed.jws is no signature by the key/);
    // Without the key it says by whom: that is to be compared.
    expect(await verifyReview(foreign, undefined)).toMatchObject({ faults: [], signedBy: stranger.thumbprint });
  });

  it("cannot be seen where it never was signed, but by the last record's hash", async () => {
    const before = (await verifyReview(at("unsigned"), undefined)).sha256;
    const anew = await verifyReview(await madeAnew("unsigned", undefined, "none"), undefined);
    expect(anew).toMatchObject({ faults: [], signature: "" });
    expect(anew.sha256).not.toBe(before);
  });
});

describe("a summary that was changed with its hash in the close", () => {
  it("is told of, as the records say something else", async () => {
    const { faults, notes } = await found("unsigned", (folder) => {
      edit("summary.html", (data) => data.toString().replace("<dd>3</dd>", "<dd>5</dd>"))(folder);
      const files = { "summary.html": sha256(readFileSync(join(folder, "summary.html"))) };
      let head = EMPTY_CHAIN;
      editLines("journal.jsonl", (lines) => {
        return lines.map((line) => {
          const { n: _, prev: __, ...record } = JSON.parse(line);
          const isClose = record.kind === "closed";
          const next = chainedLine(head, isClose ? { ...record, files: { ...record.files, ...files } } : record);
          head = next.head;
          return next.line.trimEnd();
        });
      })(folder);
      writeFileSync(join(folder, "journal.head.json"), `${JSON.stringify({ records: head.n, sha256: head.sha256 })}\n`);
    });
    expect([faults, notes]).toEqual([[], [expect.stringContaining("summary.html is not what this version writes")]]);
  });
});

describe("a review whose start is signed and whose close is not", () => {
  it("does not pass for a signed one: all after the start could have been made anew", async () => {
    const folder = mkdtempSync(at("half-"));
    cpSync(at("signed"), folder, { recursive: true });
    const [first = ""] = readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n");
    const { n: _, prev: __, ...record } = JSON.parse(first);
    const { line, head } = chainedLine(EMPTY_CHAIN, { ...record, signedBy: key.thumbprint });
    const signed = { review: "r1", what: "started", records: 1, sha256: sha256(line.trimEnd()) } as const;
    writeFileSync(join(folder, "started.jws"), `${await sign(signed, key)}\n`);
    writeFileSync(join(folder, "journal.jsonl"), line);
    writeFileSync(join(folder, "journal.head.json"), `${JSON.stringify({ records: 1, sha256: head.sha256 })}\n`);
    rmSync(join(folder, "proofs"), { recursive: true });
    expect((await wrong(folder)).join()).toContain("closed.jws is there although the journal does not say that");
    rmSync(join(folder, "closed.jws"));
    // Not closed yet: the start is what is signed, and what a close left is not evidence.
    const started = await verifyReview(folder, open);
    expect(started).toMatchObject({ faults: [], signature: "checked", isClosed: false });
    expect(started.notes.join()).toContain("summary.html");
    {
      using review = await openReview(folder, { write: true });
      await closeReview(review, "somebody", undefined);
    }
    expect(await wrong(folder, open)).toEqual([
      "closed.jws is missing: the start is signed and the close is not, so all in between could have been made anew",
    ]);
    const { faults, notes } = await verifyReview(folder, undefined);
    expect([faults, notes.join()]).toEqual([[], expect.stringContaining("the close is not signed")]);
  });
});
