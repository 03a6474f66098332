import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Item } from "../../../src/review/population/item.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { always, hostileOkta } from "../../hostile/okta.ts";
import { runHere } from "../in-process.ts";
import { ada, app, bob, jsonLines, readSheet, review, startOrg, syncTo, writeSheet } from "./campaign.ts";

let folder: string;
let sandbox: Sandbox;
const at = (...names: string[]) => join(folder, ...names);
const group = { id: "" };

async function okta(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `SSWS ${sandbox.token}`, "content-type": "application/json" };
  const answer = await fetch(`${sandbox.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-review-options-"));
  sandbox = await startOrg();
  const made = await okta("POST", "/api/v1/groups", { profile: { name: "Owned" } });
  group.id = String(made.id);
  await okta("PUT", `/api/v1/groups/${group.id}/users/${ada.id}`);
  await okta("POST", `/api/v1/groups/${group.id}/owners`, { id: bob.id, type: "USER" });
  const env = { BATON_DOMAIN: sandbox.url, BATON_API_TOKEN: sandbox.token };
  const lease = ["--for", "4h", "--reason", "on call", "--lease-store", at("leases.db"), "--log-level", "error"];
  const given = await runHere(["grant", `group:${group.id}:member`, `user:${bob.id}`, ...lease], env);
  if (given.code !== 0) throw new Error(given.stderr);
  await syncTo(sandbox, at("one.c1z"), "--sync-reach", "--lease-store", at("leases.db"));
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const begin = (dir: string, ...more: string[]) =>
  review(sandbox, "start", "--name", "Q4", "-f", at("one.c1z"), "--dir", at(dir), ...more);
const population = (dir: string) => jsonLines(at(dir), "population.jsonl") as unknown as Item[];

it("goes to the owners of a group first where that is wanted, and to nobody who would decide on their own access", async () => {
  expect(await begin("owners", "--scope", `group:${group.id}`, "--reviewers", "owner,manager")).toMatchObject({
    code: 0,
  });
  const reviewers = Object.fromEntries(population("owners").map(({ principal, reviewer }) => [principal.id, reviewer]));
  expect(reviewers[ada.id]).toMatchObject({ name: bob.profile.email.toLowerCase(), source: "owner" });
  expect(reviewers[bob.id]?.name).not.toBe(bob.profile.email.toLowerCase());
  expect(reviewers[bob.id]?.notes[0]).toContain("would decide on their own access");
});

it("says what is temporary, until when, and counts it", async () => {
  const started = await begin("temporary", "--scope", `group:${group.id}`, "-o", "json");
  expect(JSON.parse(started.stdout).counts).toMatchObject({ items: 2, temporary: 1 });
  const [items, sheets] = [population("temporary"), at("temporary-sheets")];
  const until = items.find(({ principal }) => principal.id === bob.id)!.temporary?.until;
  expect(until).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(items.find(({ principal }) => principal.id === ada.id)!.temporary).toBeNull();
  await review(sandbox, "delegate", "--dir", at("temporary"), "--from", "nobody", "--to", "x@acme.example");
  await review(sandbox, "sheet", "--dir", at("temporary"), "--out", sheets, "--format", "csv");
  const rows = readdirSync(sheets).flatMap((name) => readSheet(join(sheets, name)));
  expect(rows.map(({ temporary_until }) => temporary_until).sort()).toEqual(["", until]);
});

it("knows from Okta's log since when access is held, and by whom, where that is asked for", async () => {
  const scope = ["--scope", `group:${group.id}`, "--fallback", "x@acme.example"];
  const asked = await begin("history", ...scope, "--granted-from-log");
  expect([asked.code, asked.stderr]).toEqual([0, ""]);
  expect(asked.stdout).toContain("is known as far as Okta's log goes back");
  for (const { grantedAt, grantedBy } of population("history")) {
    expect(grantedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(grantedBy).not.toBe("");
  }
  await begin("no-history", ...scope);
  const told = async (dir: string) => {
    await review(sandbox, "sheet", "--dir", at(dir), "--out", at(`${dir}-sheets`), "--format", "csv");
    const rows = readdirSync(at(`${dir}-sheets`)).flatMap((name) => readSheet(at(`${dir}-sheets`, name)));
    return rows.map(({ granted_at, granted_by }) => [granted_at, granted_by]);
  };
  expect(await told("history")).toEqual(
    population("history").map(({ grantedAt, grantedBy }) => [grantedAt, grantedBy]),
  );
  expect(await told("no-history")).toEqual(population("no-history").map(() => ["not known", "not known"]));
  expect(await review(sandbox, "verify", "--dir", at("history"))).toMatchObject({ code: 0 });
});

it("begins no review where the log that is asked for may not be read", async () => {
  const front = await hostileOkta(sandbox.url);
  try {
    front.on("GET", "/api/v1/logs", always(403, { errorCode: "E0000006", errorSummary: "no" }));
    const words = ["start", "--name", "Q4", "-f", at("one.c1z"), "--dir", at("no-log"), "--scope", "role:*"];
    const ended = await review({ ...sandbox, url: front.url }, ...words, "--granted-from-log");
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining("okta.logs.read")]);
    expect(existsSync(at("no-log"))).toBe(false);
  } finally {
    await front.close();
  }
});

it("takes reviewers from YAML", async () => {
  writeFileSync(
    at("reviewers.yaml"),
    `# who decides\n- items: "group:*"\n  principals: "${ada.profile.login}"\n  reviewer: ciso@acme.example\n- { items: "*", reviewer: rest@acme.example }\n`,
  );
  expect(await begin("yaml", "--scope", `group:${group.id}`, "--reviewers", at("reviewers.yaml"))).toMatchObject({
    code: 0,
  });
  const reviewers = Object.fromEntries(
    population("yaml").map(({ principal, reviewer }) => [principal.id, reviewer.name]),
  );
  expect(reviewers).toEqual({ [ada.id]: "ciso@acme.example", [bob.id]: "rest@acme.example" });
  for (const [text, says] of [
    ["items: x", "no list of reviewers"],
    ["- items: x\n  reviewer: a@b\n  who: c", 'has a field "who"'],
    ["- items: x", "lacks items or reviewer"],
  ]) {
    writeFileSync(at("bad.yaml"), text!);
    const ended = await begin("bad", "--scope", `group:${group.id}`, "--reviewers", at("bad.yaml"));
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(says!)]);
  }
});

it("has the access of findings in it, in or out of scope, and each once", async () => {
  expect(await begin("findings", "--findings", "critical")).toMatchObject({ code: 0 });
  const alone = population("findings");
  expect(alone.length).toBeGreaterThan(0);
  expect(alone.filter(({ findings }) => !findings.some(({ severity }) => severity === "critical"))).toEqual([]);
  expect(await begin("both", "--scope", `app:${app}`, "--findings", "critical")).toMatchObject({ code: 0 });
  const ids = population("both").map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(alone.map(({ id }) => id)));
  expect(population("both").some(({ resource }) => resource.id === app)).toBe(true);
});

describe.each(["keep", "revoke", "none"])("no answer, which means: %s", (unanswered) => {
  it("is told of before anything is done, and counted as unreviewed", async () => {
    const dir = `unanswered-${unanswered}`;
    const started = await begin(
      dir,
      "--scope",
      `group:${group.id}`,
      "--unanswered",
      unanswered,
      "--fallback",
      "x@acme.example",
    );
    expect(started).toMatchObject({ code: 0 });
    const rehearsed = await review(sandbox, "apply", "--dir", at(dir), "--dry-run", "-o", "json");
    const items = unanswered === "revoke" ? 2 : 0;
    expect(JSON.parse(rehearsed.stdout).items?.length ?? 0).toBe(items);
    const { decisions, unansweredMeans, remediation } = JSON.parse(
      (await review(sandbox, "status", "--dir", at(dir), "-o", "json")).stdout,
    );
    expect([decisions.unreviewed, remediation.OPEN]).toEqual([2, items]);
    expect(unansweredMeans[unanswered === "none" ? "nothing" : unanswered]).toBe(2);
  });
});

it("is proved or refuted by a later sync, as often as that is asked", async () => {
  writeFileSync(at("rest.yaml"), '- { items: "*", reviewer: rest@acme.example }');
  expect(await begin("later", "--scope", `group:${group.id}`, "--reviewers", at("rest.yaml"))).toMatchObject({
    code: 0,
  });
  await review(sandbox, "sheet", "--dir", at("later"), "--out", at("sheets"), "--format", "csv");
  const sheet = at("sheets", "rest@acme.example.csv");
  writeSheet(
    sheet,
    readSheet(sheet).map((row) => ({ ...row, decision: "REVOKE" })),
  );
  expect(await review(sandbox, "decide", "--dir", at("later"), sheet)).toMatchObject({ code: 0 });
  const hold = (file: string) => review(sandbox, "apply", "--dir", at("later"), "-f", at(file));
  // The sync of the population began before anything was decided.
  expect(await hold("one.c1z")).toMatchObject({ code: 1, stderr: expect.stringContaining("began before") });
  expect(await review(sandbox, "apply", "--dir", at("later"), "--yes")).toMatchObject({ code: 0 });
  await okta("PUT", `/api/v1/groups/${group.id}/users/${ada.id}`);
  await syncTo(sandbox, at("two.c1z"), "--sync-reach");
  for (let times = 0; times < 2; times++) {
    expect(await hold("two.c1z")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("1 still there or there again"),
    });
  }
  expect(await review(sandbox, "apply", "--dir", at("later"), "--yes")).toMatchObject({ code: 0 });
  await syncTo(sandbox, at("three.c1z"), "--sync-reach");
  expect(await hold("three.c1z")).toMatchObject({ code: 0, stdout: expect.stringContaining("0 still there") });
  expect(await review(sandbox, "apply", "--dir", at("later"), "-f", at("three.c1z"), "--dry-run")).toMatchObject({
    code: 2,
  });
  expect(await review(sandbox, "verify", "--dir", at("later"))).toMatchObject({ code: 0 });
});
