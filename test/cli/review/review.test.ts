import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import {
  ada,
  app,
  bob,
  fill,
  HOSTILE,
  jsonLines,
  readSheet,
  review,
  startOrg,
  syncTo,
  writeSheet,
} from "./campaign.ts";

let folder: string;
let sandbox: Sandbox;
const at = (...names: string[]) => join(folder, ...names);
const adas = ada.profile.email.toLowerCase();
const bobs = bob.profile.email.toLowerCase();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-"));
  sandbox = await startOrg();
  await syncTo(sandbox, at("one.c1z"));
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(at("key.pem"), privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(at("public.pem"), publicKey.export({ format: "pem", type: "spki" }));
  writeFileSync(at("other.pem"), generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }));
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const begin = (dir: string, ...more: string[]) =>
  review(sandbox, "start", "--name", "Q4", "-f", at("one.c1z"), "--dir", at(dir), "--scope", `app:${app}`, ...more);

describe("a review by commands", () => {
  it("goes from start to proof, and a second one carries on what stands", async () => {
    expect(
      await begin("q4", "--scope", "role:*", "--fallback", "audit@acme.example", "--key", at("key.pem")),
    ).toMatchObject({ code: 0 });
    expect((await review(sandbox, "sheet", "--dir", at("q4"), "--out", at("sheets"), "--format", "csv")).code).toBe(0);
    const sheets = readdirSync(at("sheets"));
    expect(sheets).toEqual(expect.arrayContaining([`${adas}.csv`, `${bobs}.csv`, "audit@acme.example.csv"]));
    let gone = 0;
    for (const sheet of sheets) gone += fill(at("sheets", sheet), 3);
    const decided = await review(sandbox, "decide", "--dir", at("q4"), ...sheets.map((sheet) => at("sheets", sheet)));
    expect(decided).toMatchObject({ code: 0, stderr: "" });
    expect(decided.stdout).toContain("faster than a person reads");

    expect((await review(sandbox, "apply", "--dir", at("q4"))).code).toBe(2);
    const rehearsed = await review(sandbox, "apply", "--dir", at("q4"), "--dry-run");
    expect(rehearsed).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was changed") });
    const applied = await review(sandbox, "apply", "--dir", at("q4"), "--yes", "--audit-log", at("audit.jsonl"));
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(at("audit.jsonl"))).toBe(true);

    expect((await review(sandbox, "close", "--dir", at("q4"), "--key", at("key.pem"))).code).toBe(0);
    expect((await review(sandbox, "verify", "--dir", at("q4"), "--key", at("public.pem"))).code).toBe(0);
    expect((await review(sandbox, "verify", "--dir", at("q4"), "--key", at("other.pem"))).code).toBe(1);
    tie(at("q4"), gone);

    await syncTo(sandbox, at("two.c1z"));
    const since = ["--dir", at("q1"), "--scope", `app:${app}`, "--scope", "role:*", "--changed-since", at("q4")];
    expect(
      await review(sandbox, "start", "--name", "Q1", "-f", at("two.c1z"), ...since, "--fallback", "audit@acme.example"),
    ).toMatchObject({ code: 0 });
    const later = jsonLines(at("q1"), "population.jsonl") as unknown as {
      id: string;
      carried: boolean;
      earlier: { decision: string; review: string; by: string } | null;
    }[];
    const before = new Map(
      jsonLines(at("q4"), "decisions.jsonl").map((one) => [String(one.item), String(one.decision)]),
    );
    const carried = later.filter((item) => item.carried);
    expect(carried.length).toBeGreaterThan(5);
    for (const { id, earlier } of carried)
      expect([before.get(id), earlier?.review, earlier?.decision]).toEqual(["APPROVE", "Q4", "APPROVE"]);
    // What was to go and is still there is asked again.
    for (const { id, carried: isCarried } of later) if (before.get(id) === "REVOKE") expect(isCarried).toBe(false);
    expect((await review(sandbox, "status", "--dir", at("q1"))).stdout).toContain("carried from an earlier review");
  });

  it("adds nothing after the close", async () => {
    for (const words of [
      ["apply", "--yes"],
      ["close"],
      ["sheet", "--out", at("late")],
      ["decide", at("sheets", `${adas}.csv`)],
    ]) {
      const ended = await review(sandbox, ...words, "--dir", at("q4"));
      expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining("was closed on")]);
    }
  });

  it("says what was changed afterwards, and where", async () => {
    const tried: [string, (path: string) => void, RegExp][] = [
      [
        "decisions.jsonl",
        edit(3, (line) => line.replace('"APPROVE"', '"REVOKE"').replace('"fast":true', '"fast":false')),
        /decisions.jsonl, line 3, was changed/,
      ],
      [
        "population.jsonl",
        edit(2, (line) => line.replace('"type":"user"', '"type":"ghost"')),
        /population.jsonl, line 2, was changed/,
      ],
      ["journal.jsonl", edit(4, () => ""), /journal.jsonl, line 4, was moved, or record 4 before it taken out/],
      [
        "journal.jsonl",
        (path) => writeFileSync(path, `${readFileSync(path, "utf8").split("\n").slice(0, -2).join("\n")}\n`),
        /was cut short: 1 of/,
      ],
      [
        "summary.html",
        (path) => writeFileSync(path, readFileSync(path, "utf8").replace("Approved", "Approved!")),
        /summary.html was changed/,
      ],
      ["summary.json", (path) => rmSync(path), /summary.json is missing/],
      [
        "review.json",
        (path) => writeFileSync(path, readFileSync(path, "utf8").replace("Q4", "Q3")),
        /review.json was changed/,
      ],
    ];
    for (const [file, change, says] of tried) {
      rmSync(at("copy"), { recursive: true, force: true });
      cpSync(at("q4"), at("copy"), { recursive: true });
      change(at("copy", file));
      const ended = await review(sandbox, "verify", "--dir", at("copy"));
      expect([file, ended.code, ended.stdout]).toEqual([file, 1, expect.stringMatching(says)]);
    }
    const proof = readdirSync(at("q4", "proofs"))[0]!;
    rmSync(at("copy"), { recursive: true, force: true });
    cpSync(at("q4"), at("copy"), { recursive: true });
    writeFileSync(at("copy", "proofs", proof), "{}\n");
    expect((await review(sandbox, "verify", "--dir", at("copy"))).stdout).toContain(
      `proofs/${proof}, that was changed`,
    );
  });

  it("is checked by an auditor with nothing but a shell", () => {
    const line = (n: number) =>
      execFileSync("sh", ["-c", `sed -n ${n}p journal.jsonl | tr -d '\\n' | sha256sum`], { cwd: at("q4") })
        .toString()
        .slice(0, 64);
    expect(jsonLines(at("q4"), "journal.jsonl")[4]!.prev).toBe(line(4));
  });
});

/** Changes a line of a file; an empty one is taken out. */
function edit(n: number, change: (line: string) => string): (path: string) => void {
  return (path) => {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const changed = change(lines[n - 1]!);
    if (changed === "") lines.splice(n - 1, 1);
    else lines[n - 1] = changed;
    writeFileSync(path, `${lines.join("\n")}\n`);
  };
}

/** Every number of the summary, counted again from the lines. */
function tie(dir: string, gone: number): void {
  const summary = JSON.parse(readFileSync(join(dir, "summary.json"), "utf8"));
  const population = jsonLines(dir, "population.jsonl") as unknown as {
    id: string;
    carried: boolean;
    principal: { kind: string };
  }[];
  const decisions = jsonLines(dir, "decisions.jsonl") as unknown as {
    item: string;
    decision: string;
    fast: boolean;
    reviewer: string;
  }[];
  const remediation = jsonLines(dir, "remediation.jsonl") as unknown as {
    item: string;
    status: string;
    proof: { file: string } | null;
  }[];
  const of = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length;
  expect(decisions.map(({ item }) => item)).toEqual(population.map(({ id }) => id));
  expect(summary).toMatchObject({
    items: population.length,
    asked: of(population, (item) => !item.carried),
    carried: of(population, (item) => item.carried),
    decisions: {
      approved: of(decisions, ({ decision }) => decision === "APPROVE"),
      revoked: gone,
      unreviewed: of(decisions, ({ decision }) => decision === "UNREVIEWED"),
    },
    fast: of(decisions, (one) => one.fast),
    remediation: {
      SUCCESS: of(remediation, ({ status }) => status === "SUCCESS"),
      MANUAL: of(remediation, ({ status }) => status === "MANUAL"),
      ERROR: 0,
      OPEN: 0,
    },
  });
  expect(remediation.map(({ item }) => item)).toEqual(
    decisions.filter(({ decision }) => decision === "REVOKE").map(({ item }) => item),
  );
  expect(of(remediation, ({ status }) => status === "SUCCESS")).toBeGreaterThan(2);
  for (const { status, proof } of remediation)
    if (status === "SUCCESS") expect(existsSync(join(dir, proof!.file))).toBe(true);
  for (const { reviewer, asked, approved, revoked } of summary.reviewers) {
    const own = decisions.filter((one) => one.reviewer === reviewer);
    expect([asked, approved, revoked]).toEqual([
      own.length,
      of(own, (one) => one.decision === "APPROVE"),
      of(own, (one) => one.decision === "REVOKE"),
    ]);
  }
  expect(summary.population.nonHuman).toBe(of(population, ({ principal }) => principal.kind !== "human"));
  const html = readFileSync(join(dir, "summary.html"), "utf8");
  for (const n of [summary.items, summary.asked, summary.decisions.approved, gone])
    expect(html).toContain(`<dd>${n}</dd>`);
  expect(html).not.toContain("<script");
}

describe("who decides", () => {
  it("is the manager, never the person themselves, and never a manager where there is no person", async () => {
    expect((await begin("who", "--scope", "role:*")).code).toBe(0);
    const items = jsonLines(at("who"), "population.jsonl") as unknown as {
      principal: { id: string; kind: string; name: string; aliases: string[] };
      reviewer: { name: string; source: string; notes: string[] };
    }[];
    for (const { principal, reviewer } of items) {
      expect(principal.aliases).not.toContain(reviewer.name);
      if (principal.kind !== "human") expect(reviewer.source).not.toBe("manager");
    }
    const own = items.find(({ principal }) => principal.id === ada.id)!;
    expect(own.reviewer).toMatchObject({
      name: "",
      notes: [expect.stringContaining("would decide on their own access"), "owner: not known"],
    });
    expect(items.filter(({ reviewer }) => reviewer.source === "manager").map(({ reviewer }) => reviewer.name)).toEqual(
      expect.arrayContaining([adas, bobs]),
    );
  });

  it("can be handed over, but not to the person themselves", async () => {
    const handed = await review(
      sandbox,
      "delegate",
      "--dir",
      at("who"),
      "--from",
      "nobody",
      "--to",
      ada.profile.login,
      "-o",
      "json",
    );
    const { kept } = JSON.parse(handed.stdout);
    expect(kept.length).toBeGreaterThan(0);
    expect((await review(sandbox, "verify", "--dir", at("who"))).code).toBe(0);
  });

  it("is who a file says, first", async () => {
    writeFileSync(
      at("reviewers.csv"),
      `items,principals,reviewer\nrole:*,*,ciso@acme.example\napp:*,${ada.profile.login},${bob.profile.login}\n`,
    );
    expect((await begin("file", "--scope", "role:*", "--reviewers", at("reviewers.csv"))).code).toBe(0);
    const items = jsonLines(at("file"), "population.jsonl") as unknown as {
      principal: { id: string };
      resource: { type: string };
      reviewer: { name: string };
    }[];
    for (const { resource, reviewer } of items)
      if (resource.type === "role") expect(reviewer.name).toBe("ciso@acme.example");
    expect(
      items.find(({ principal, resource }) => principal.id === ada.id && resource.type === "app")?.reviewer.name,
    ).toBe(bobs);
  });
});

describe("a sheet that was tampered with", () => {
  it("is refused row by row, with the reason, and the good rows count", async () => {
    expect((await begin("bad", "--fallback", "audit@acme.example")).code).toBe(0);
    await review(sandbox, "sheet", "--dir", at("bad"), "--out", at("bad-sheets"), "--format", "csv");
    const path = at("bad-sheets", `${bobs}.csv`);
    const rows: Record<string, string>[] = readSheet(path).map((row) => ({ ...row, decision: "APPROVE" }));
    const foreign = readSheet(at("bad-sheets", `${adas}.csv`))[0]!;
    expect(rows.length).toBeGreaterThan(8);
    writeSheet(path, [
      { ...rows[0]!, item_id: "i00000000000000000000" },
      { ...rows[1]!, login: "somebody@else.example" },
      rows[2]!,
      rows[2]!,
      { ...rows[3]!, justification: "=1+1" },
      { ...rows[4]!, decision: "MAYBE" },
      { ...rows[5]!, campaign: "another" },
      { ...foreign, decision: "REVOKE" },
      { ...rows[6]!, justification: "x".repeat(2_001) },
      rows[7]!,
    ]);
    const ended = await review(sandbox, "decide", "--dir", at("bad"), path, "-o", "json");
    expect(ended.code).toBe(1);
    const [sheet] = JSON.parse(ended.stdout).sheets;
    expect(sheet.refused.map(({ row, reason }: { row: number; reason: string }) => [row, reason])).toEqual([
      [2, "there is no such item in this review"],
      [3, "login was changed"],
      [5, "the item stands in the sheet twice"],
      [6, "a formula stands in justification"],
      [7, expect.stringContaining("is none of APPROVE, REVOKE")],
      [8, "the row is of another review"],
      [9, "the item is another reviewer's to decide"],
      [10, "the justification is longer than 2000 characters"],
    ]);
    expect(sheet).toMatchObject({ taken: 2, missing: expect.arrayContaining([rows[8]!.item_id]) });
  });

  it("is read as other programs save it, and holds no formula", async () => {
    await review(sandbox, "sheet", "--dir", at("bad"), "--out", at("books"));
    const { default: readXlsx } = await import("read-excel-file/node");
    for (const name of [adas, bobs]) {
      const [sheet] = (await readXlsx(at("books", `${name}.xlsx`))) as unknown as { data: string[][] }[];
      expect(sheet!.data[0]).toContain("item_id");
    }
    const all = readdirSync(at("bad-sheets"))
      .map((name) => readFileSync(at("bad-sheets", name), "utf8"))
      .join("");
    expect(all).toContain(HOSTILE.slice(1, 10));
    expect(all).not.toMatch(/(^|,|")=HYPERLINK/m);
    const ended = await review(sandbox, "decide", "--dir", at("bad"), at("books", `${adas}.xlsx`), "-o", "json");
    expect(JSON.parse(ended.stdout).sheets[0]).toMatchObject({ refused: [], missing: [] });
  });
});

describe("what is refused at the start", () => {
  it.each([
    [["--scope", "app:0oaNOTHING"], "names nothing in the snapshot"],
    [["--scope", "nothing:*"], "names nothing in the snapshot"],
  ])("%j", async (more, says) => {
    const ended = await begin("refused", ...more);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(existsSync(at("refused", "journal.jsonl"))).toBe(false);
  });

  it("a folder that holds a review", async () => {
    expect(await begin("q4")).toMatchObject({ code: 2, stderr: expect.stringContaining("already") });
  });
});
