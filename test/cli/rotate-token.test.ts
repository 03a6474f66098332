import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replaceable } from "../../src/cli/credentials.ts";
import { rotateToken } from "../../src/cli/leases/rotate/api-token.ts";
import { swapToken, tokenOf } from "../../src/cli/leases/rotate/token-file.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import { Secret } from "../../src/runtime/secrets/secret.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { OWNER } from "../okta/doctor/examine.ts";
import { runHere } from "./in-process.ts";

const OLD = "00oldTokenOfTheTest";
const NEW = "00newTokenOfTheTest";
let folder: string;
let config: string;
let newFile: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-rotate-"));
  [config, newFile] = [join(folder, "baton.yaml"), join(folder, "new-token")];
  sandbox = await goldenSandbox({
    tokens: [
      { token: OLD, id: "00Told", userId: OWNER },
      { token: NEW, id: "00Tnew", userId: OWNER },
    ],
  });
  writeFileSync(config, `# ours\ndomain: ${sandbox.url}\nAPI-Token: '${OLD}' # kept by ops\nlog-level: error\n`);
  chmodSync(config, 0o640);
  writeFileSync(newFile, `${NEW}\n`);
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const rotate = (...words: string[]) => runHere(["rotate", "api-token", ...words], { BATON_CONFIG_PATH: config });
const status = async (token: string) =>
  (await fetch(`${sandbox.url}/api/v1/users/me`, { headers: { authorization: `SSWS ${token}` } })).status;

it("tries the new token, swaps it in the configuration file, and has the old one revoke itself", async () => {
  const first = await rotate("--new-token-file", newFile);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("The old one still works") });
  expect(readFileSync(config, "utf8")).toBe(
    `# ours\ndomain: ${sandbox.url}\nAPI-Token: "${NEW}" # kept by ops\nlog-level: error\n`,
  );
  expect(statSync(config).mode & 0o777).toBe(0o640);
  expect(statSync(`${config}.rotation`).mode & 0o777).toBe(0o600);
  expect(await status(OLD)).toBe(200);
  const state = JSON.parse(readFileSync(`${config}.rotation`, "utf8"));
  writeFileSync(`${config}.rotation`, JSON.stringify({ ...state, retireAt: 0 }));
  expect(await rotate()).toMatchObject({ code: 0, stdout: expect.stringContaining("the old one is revoked") });
  expect([await status(OLD), await status(NEW)]).toEqual([401, 200]);
  expect(readdirSync(folder).sort()).toEqual(["baton.yaml", "new-token"]);
});

it("changes nothing where the new token does not work, is the old one, or is none", async () => {
  const before = readFileSync(config, "utf8");
  for (const [text, code] of [
    ["00wrong", 3],
    [OLD, 2],
    ["two words", 2],
    ["", 2],
  ] as const) {
    writeFileSync(newFile, text);
    const ended = await rotate("--new-token-file", newFile, "--grace", "0");
    expect({ text, code: ended.code }).toEqual({ text, code });
    expect(ended.stderr).not.toMatch(/00wrong|00old|two words/);
  }
  expect(readFileSync(config, "utf8")).toBe(before);
  expect(await status(OLD)).toBe(200);
  expect(readdirSync(folder)).toHaveLength(2);
});

it("says why where the token is not in the configuration file", async () => {
  const env = { BATON_CONFIG_PATH: config, BATON_API_TOKEN: OLD };
  const ended = await runHere(["rotate", "api-token", "--new-token-file", newFile], env);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("needs the API token in the configuration") });
  expect(await rotate("--every", "90d", "--new-token-file", newFile)).toMatchObject({ code: 2 });
});

it("replaces the file that a link leads to", async () => {
  const link = join(folder, "link.yaml");
  symlinkSync(config, link);
  await swapToken(link, NEW);
  expect(await tokenOf(config)).toBe(NEW);
});

it.each([["a: &t 00x\napi-token: *t\ndomain: x\n"], ["api-token: &t 00x\ndomain: *t\n"]])(
  "leaves a file as it is whose token cannot be replaced alone: %j",
  async (text) => {
    writeFileSync(config, text);
    await expect(swapToken(config, NEW)).rejects.toThrow();
    expect(readFileSync(config, "utf8")).toBe(text);
  },
);

const STEPS = ["try", "keep", "swap", "note", "check", "revoke", "forget"];

it.each(STEPS)("leaves a token that works where it is killed at: %s, and goes on from there", async (killAt) => {
  const run = (before?: (step: string) => void) =>
    rotateToken(
      {
        ...{ configFile: config, org: sandbox.url, newToken: NEW, graceMs: 0, clock: systemClock, log: silentLog },
        connect: (token) =>
          createOktaClient({
            origin: parseDomain(sandbox.url),
            credentials: { kind: "apiToken", token: new Secret(token) },
            ...{ userAgent: "test", env: {} },
          }),
        ...(before && { before }),
      },
      { signal: new AbortController().signal },
    );
  await expect(
    run((step) => {
      if (step === killAt) throw new Error("killed");
    }),
  ).rejects.toThrow("killed");
  expect(await status((await tokenOf(config))!)).toBe(200);
  expect(await run()).toEqual({ outcome: "rotated" });
  expect([await tokenOf(config), await status(NEW), await status(OLD)]).toEqual([NEW, 200, 401]);
});

it("puts the new token back before it revokes the old one, where somebody restored the old file", async () => {
  const old = readFileSync(config, "utf8");
  await rotate("--new-token-file", newFile);
  writeFileSync(config, old);
  const state = JSON.parse(readFileSync(`${config}.rotation`, "utf8"));
  writeFileSync(`${config}.rotation`, JSON.stringify({ ...state, retireAt: 0 }));
  expect(await rotate()).toMatchObject({ code: 0 });
  expect([await tokenOf(config), await status(OLD)]).toEqual([NEW, 401]);
});

it("goes on with the new token in programs that run, once Okta does not take the old one any more", async () => {
  const env = { BATON_CONFIG_PATH: config };
  const signal = new AbortController().signal;
  const credentials = await replaceable({ kind: "apiToken", token: new Secret(OLD) }, env);
  const client = createOktaClient({ origin: parseDomain(sandbox.url), credentials, ...{ userAgent: "test", env: {} } });
  await client.get("/api/v1/users/me", { signal });
  expect(await rotate("--new-token-file", newFile, "--grace", "0")).toMatchObject({ code: 0 });
  expect(await status(OLD)).toBe(401);
  await Promise.all([1, 2, 3].map(() => client.get("/api/v1/users/me", { signal })));
  client.close();
  // What was given in another way is not replaced by what the file holds.
  expect(await replaceable({ kind: "apiToken", token: new Secret("00other") }, env)).not.toHaveProperty("reread");
});
