import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evidenceOf } from "../../../src/baton/access/findings/evidence.ts";
import { judge } from "../../../src/baton/access/findings/findings.ts";
import { AccessGraph } from "../../../src/baton/access/graph.ts";
import { reachOf } from "../../../src/baton/access/reach.ts";
import { Pseudonyms } from "../../../src/baton/sanitize/pseudonyms.ts";
import { sanitizeSnapshot } from "../../../src/baton/sanitize/sanitize.ts";
import { unpack } from "../../../src/baton/snapshot/container/container.ts";
import { openSnapshot } from "../../../src/baton/snapshot/reader.ts";
import { sync } from "../../../src/baton/sync/sync.ts";
import { RISKS } from "../../../src/okta/risks/risks.ts";
import { oktaVocabulary, oktaWords } from "../../../src/okta/risks/well-known-words.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { seedOrg } from "../../../src/sandbox/seed/seed.ts";
import { goldenSandbox, oktaConnector } from "../rpc/okta.ts";

const vocabulary = oktaVocabulary;
const key = Buffer.from("a key of more than sixteen bytes");
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "sanitize-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** Snapshots of the golden org and of one with all that `--sync-reach` shows. */
beforeAll(async () => {
  const orgs = {
    golden: await goldenSandbox(),
    reach: await startSandbox({ org: seedOrg({ users: 80, groups: 15, apps: 25, seed: 5 }), limits: "off" }),
  };
  for (const [name, sandbox] of Object.entries(orgs)) {
    const connector = oktaConnector(sandbox, { syncReach: true, syncCustomRoles: true, syncSecrets: true });
    await sync(connector, { file: at(`${name}.c1z`), binding: { name }, selection: {} });
    await connector.close?.();
    await sandbox.close();
    await sanitizeSnapshot({
      ...{ file: at(`${name}.c1z`), target: at(`${name}-other.c1z`), key, vocabulary, tempDir: folder, signal },
    });
  }
});

/** All texts of three letters or more in the messages of a snapshot that name somebody or something. */
async function textsOf(file: string): Promise<Set<string>> {
  await using reader = await openSnapshot(file);
  const content = reader.content();
  const texts = new Set<string>();
  const walk = (value: unknown, name: string) => {
    if (typeof value === "string") {
      if (name !== "typeUrl" && name !== "resourceType") texts.add(value);
    } else if (value instanceof Uint8Array) return;
    else if (Array.isArray(value)) for (const one of value) walk(one, name);
    else if (typeof value === "object" && value !== null) for (const [k, v] of Object.entries(value)) walk(v, k);
  };
  const keys = new Set<string>();
  for (const { message } of content.resources()) {
    walk(message, "");
    for (const name of Object.keys(message.profile ?? {})) keys.add(name);
    texts.add(message.displayName);
  }
  for (const { id, message } of content.entitlements()) {
    walk(message.displayName, "displayName");
    texts.add(id.split(":").slice(1, -1).join(":"));
  }
  return new Set([...texts, ...keys].filter((text) => text.length > 2));
}

it.each(["golden", "reach"])("holds no text of the org %s any more", async (name) => {
  const names = new Pseudonyms(key, vocabulary, new Set());
  const kept = (text: string) =>
    names.keeps(text) ||
    names.keepsKey(text) ||
    /^\d{4}-\d\d-\d\dT/.test(text) ||
    /^[\d:/-]*$/.test(text) ||
    isStandard(text);
  const texts = [...(await textsOf(at(`${name}.c1z`)))].filter((text) => !kept(text));
  expect(texts.length).toBeGreaterThan(150);
  await unpack(at(`${name}-other.c1z`), at(`${name}.db`));
  const bytes = readFileSync(at(`${name}.db`));
  const found = texts.filter((text) => text.length > 4 && bytes.includes(text));
  expect(found).toEqual([]);
});

/** Standard roles are called the same everywhere. */
function isStandard(text: string): boolean {
  return (
    /Administrator\b|Role Member$|^[A-Z_]+_ADMIN(?::\w+)?$|^okta\.[\w.]+ Granted$/.test(text) ||
    text.split(":").every((part) => oktaWords.has(part))
  );
}

it.each(["golden", "reach"])("says the same of who has what in %s", async (name) => {
  await using before = await openSnapshot(at(`${name}.c1z`));
  await using after = await openSnapshot(at(`${name}-other.c1z`));
  const [old, now] = [before.content(), after.content()];
  expect(now.counts()).toEqual(old.counts());
  const types = new Set([...old.resourceTypes()].map(({ id }) => id));
  const names = new Pseudonyms(key, vocabulary, types);
  const [oldGraph, nowGraph] = [new AccessGraph(old), new AccessGraph(now)];
  let held = 0;
  for (const { message } of old.resources("user")) {
    const id = message.id!.resource;
    const there = reachOf(oldGraph, { type: "user", id });
    const here = reachOf(nowGraph, { type: "user", id: names.id(id) });
    held += there.length;
    const shape = (list: typeof there, other: (id: string) => string) =>
      list
        .map(({ entitlement, direct, paths }) =>
          JSON.stringify([
            other(entitlement),
            direct,
            paths
              .map((path) =>
                JSON.stringify([path.kind, path.asserted, path.via.map((one) => other(`${one.type}:${one.id}`))]),
              )
              .sort(),
          ]),
        )
        .sort();
    expect(shape(here, (one) => one)).toEqual(shape(there, (one) => names.id(one)));
  }
  expect(held).toBeGreaterThan(100);
  const now2026 = Date.parse("2026-11-01T00:00:00Z");
  const judged = (content: typeof old) =>
    judge(RISKS, evidenceOf(content, now2026)).map(({ rule, findings, gaps }) => [
      rule.id,
      findings.length,
      gaps.map(({ subjects }) => subjects),
    ]);
  expect(judged(now)).toEqual(judged(old));
});

it("keeps what a rule's condition asks for, and no word of anybody's in it", () => {
  const names = new Pseudonyms(key, vocabulary, new Set());
  const id = "00gIAODqDQUcVVdXeoHn";
  const condition = `isMemberOfAnyGroup("${id}", '00gAAODqDQUcVVdXeoHn') and user.department == "Secret Sales" or user.starSign eq 12345`;
  const made = names.under("expression", condition);
  expect(names.id(id)).toMatch(/^00g[a-z2-7]{16}$/);
  expect(made).toContain(`isMemberOfAnyGroup("${names.id(id)}", "00g`);
  expect(made).toMatch(/ and user\.department == "[a-z2-7]{16}" or user\.[a-z2-7]{16} eq [a-z2-7]{16}$/);
});

it("takes the copies in grants for the same everywhere, and keeps what a sync says of itself", async () => {
  await using before = await openSnapshot(at("golden.c1z"));
  await using after = await openSnapshot(at("golden-other.c1z"));
  expect(after.current()!.expanded).toBe(before.current()!.expanded);
  const now = after.content();
  for (const grant of now.grants()) {
    const { entitlement, principal, id } = grant.message;
    expect([entitlement!.id, id, principal!.id!.resource]).toEqual([grant.entitlementId, grant.id, grant.principal.id]);
    const { type, id: own } = grant.resource;
    // Okta calls a role that a group holds by other words.
    if (type === "role") continue;
    const [copied, stored] = [entitlement!.resource!, now.findResource(type, own)!.message];
    expect(copied.displayName).toBe(stored.displayName);
  }
});

it("gives the same names under one key, and others under another", async () => {
  const again = { file: at("golden.c1z"), vocabulary, tempDir: folder, signal };
  await sanitizeSnapshot({ ...again, key, target: at("again.c1z") });
  await sanitizeSnapshot({ ...again, key: Buffer.from("another key, as long as that"), target: at("others.c1z") });
  const users = async (file: string) => {
    await using reader = await openSnapshot(file);
    return [...reader.content().resources("user")].map(({ id }) => id);
  };
  expect(await users(at("again.c1z"))).toEqual(await users(at("golden-other.c1z")));
  const others = new Set(await users(at("others.c1z")));
  expect((await users(at("again.c1z"))).filter((id) => others.has(id))).toEqual([]);
});

it("leaves nothing of another writer's tables, columns and fields", async () => {
  await unpack(at("golden-other.c1z"), at("check.db"));
  const db = new DatabaseSync(at("check.db"));
  for (const table of ["v1_assets", "v1_connector_sessions"]) {
    expect(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n).toBe(0);
  }
  const token = String(db.prepare("SELECT sync_token FROM v1_sync_runs").get()!.sync_token);
  expect(token).toBe('{"missing":[]}');
  db.close();
});

it("refuses a short key, and the file itself", async () => {
  const options = { file: at("golden.c1z"), vocabulary, tempDir: folder, signal };
  await expect(sanitizeSnapshot({ ...options, key: Buffer.from("short"), target: at("x.c1z") })).rejects.toThrow(
    /5 bytes/,
  );
  await expect(sanitizeSnapshot({ ...options, key, target: at("golden.c1z") })).rejects.toThrow(/into itself/);
});
