import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../../src/review/decisions/decide.ts";
import { closeReview } from "../../../src/review/evidence/close.ts";
import { sha256 } from "../../../src/review/record/canonical.ts";
import { readKey } from "../../../src/review/record/signature.ts";
import { applyReview } from "../../../src/review/remediation/apply.ts";
import { openReview } from "../../../src/review/review.ts";
import { madeUp } from "../campaign.ts";

const folder = mkdtempSync(join(tmpdir(), "baton-auditor-"));
const dir = join(folder, "review");
afterAll(() => rmSync(folder, { recursive: true }));

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const lines = () => readFileSync(join(dir, "journal.jsonl"), "utf8").split("\n").slice(0, -1);

beforeAll(async () => {
  execFileSync("mkdir", [dir]);
  const items = madeUp(dir, 4);
  writeFileSync(join(folder, "key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
  using review = await openReview(dir, { write: true });
  const answers = items
    .slice(0, 3)
    .map(({ id }) => ({ item: id, decision: "REVOKE", justification: "zu viel: \u00fc" }));
  await decide(review, answers, { reviewer: "ada@acme.example", via: "command" });
  await applyReview(review, {
    revoke: async () => ({ already: false }),
    read: async () => ({ held: false, what: "", answers: [] }),
    ...{ by: "test", concurrency: 1, stop: new AbortController().signal },
  });
  await closeReview(review, "test", await readKey(join(folder, "key.pem"), "private"));
});

const lacksPython = spawnSync("python3", ["--version"]).status !== 0;

describe.skipIf(lacksPython)("the script that the documentation gives an auditor", () => {
  const script = /```python\n([\s\S]*?)```/.exec(readFileSync("docs/reviews.md", "utf8"))![1]!;
  const check = () => spawnSync("python3", ["-", dir], { input: script, encoding: "utf8" });

  it("finds a closed review whole, and tells of what was changed", () => {
    const whole = check();
    expect([whole.stderr, whole.stdout.trim()]).toEqual([
      "",
      `${lines().length} records; the last: ${sha256(lines().at(-1)!)}`,
    ]);
    const path = join(dir, "journal.jsonl");
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before.replace("zu viel", "zu wenig"));
    const changed = check();
    writeFileSync(path, before);
    expect([changed.status, changed.stderr]).toEqual([1, expect.stringContaining("journal.jsonl, line 3")]);
  });
});

it("the signature over a close is what its standard says, with the key in it", () => {
  const [header, payload, signature] = readFileSync(join(dir, "closed.jws"), "utf8").trim().split(".") as [
    string,
    string,
    string,
  ];
  const { alg, jwk } = JSON.parse(Buffer.from(header, "base64url").toString());
  expect([alg, jwk.x]).toEqual(["EdDSA", publicKey.export({ format: "jwk" }).x]);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify(null, signed, key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual({
    ...{ review: "r1", what: "closed", records: lines().length, sha256: sha256(lines().at(-1)!) },
  });
});
