import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rotateKey } from "../../src/cli/leases/rotate/oauth-key.ts";
import { readState } from "../../src/cli/leases/rotate/state.ts";
import { createOktaClient } from "../../src/okta/api/create-client.ts";
import { parseDomain } from "../../src/okta/api/http/domain.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log/log.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { goldenSandbox } from "../baton/rpc/okta.ts";
import { runHere } from "./in-process.ts";

let folder: string;
let keyFile: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "baton-rotate-"));
  keyFile = join(folder, "key.pem");
  sandbox = await goldenSandbox({ auth: "oauth" });
  writeFileSync(keyFile, sandbox.oauth!.privateKeyPem, { mode: 0o640 });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const settings = () => ({
  ...{ BATON_DOMAIN: sandbox.url, BATON_AUTH_METHOD: "private-key-group", BATON_CONFIG_PATH: "" },
  ...{ BATON_OKTA_CLIENT_ID: sandbox.oauth!.clientId, BATON_OKTA_PRIVATE_KEY_ID: sandbox.oauth!.keyId },
  ...{ BATON_OKTA_PRIVATE_KEY: keyFile, BATON_LOG_LEVEL: "error", BATON_FILE: join(folder, "x.c1z") },
});

it("makes a key, registers, tries and swaps it, keeps the file's mode, and retires the old one", async () => {
  const first = await runHere(["rotate", "oauth-key", "--grace", "1h"], settings());
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("The old one still works") });
  expect(statSync(keyFile).mode & 0o777).toBe(0o640);
  const jwk = JSON.parse(readFileSync(keyFile, "utf8"));
  expect(jwk.kid).not.toBe(sandbox.oauth!.keyId);
  expect(await runHere(["doctor", "-o", "json"], settings())).toMatchObject({ code: expect.any(Number) });
  const state = await readState(keyFile);
  writeFileSync(`${keyFile}.rotation`, JSON.stringify({ ...state, retireAt: 0 }));
  const second = await runHere(["rotate", "oauth-key", "--grace", "1h"], settings());
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("the old one is gone") });
  expect(await readState(keyFile)).toBeUndefined();
  writeFileSync(keyFile, sandbox.oauth!.privateKeyPem);
  expect((await runHere(["grant", "group:g:member", "00u1"], settings())).code).toBe(3);
});

const STEPS = ["make", "register", "registered", "try", "swap", "note", "deactivate", "delete", "forget"];

it.each(STEPS)("leaves a credential that works where it is killed at: %s, and goes on from there", async (killAt) => {
  const { clientId } = sandbox.oauth!;
  const signal = new AbortController().signal;
  const current = () => {
    const text = readFileSync(keyFile, "utf8");
    const jwk = text.startsWith("{") ? JSON.parse(text) : undefined;
    return jwk === undefined
      ? { key: createPrivateKey(text), keyId: sandbox.oauth!.keyId }
      : { key: createPrivateKey({ key: jwk, format: "jwk" }), keyId: jwk.kid as string };
  };
  const client = (credential: ReturnType<typeof current>) =>
    createOktaClient({
      origin: parseDomain(sandbox.url),
      credentials: { kind: "oauthKey", clientId, ...credential, scopes: ["okta.apps.manage", "okta.users.read"] },
      ...{ userAgent: "test", env: {} },
    });
  const works = async () => {
    const one = client(current());
    await one.get(`/api/v1/apps/${clientId}/credentials/jwks`, { signal });
    one.close();
  };
  const rotate = (before?: (step: string) => void) =>
    rotateKey(
      {
        ...{ keyFile, clientId, keyId: current().keyId, graceMs: 0, clock: systemClock, log: silentLog },
        connect: async (jwk) =>
          client(
            jwk === undefined
              ? current()
              : { key: createPrivateKey({ key: jwk as never, format: "jwk" }), keyId: jwk.kid },
          ),
        ...(before && { before }),
      },
      { signal },
    );
  await expect(
    rotate((step) => {
      if (step === killAt) throw new Error("killed");
    }),
  ).rejects.toThrow("killed");
  await works();
  expect(await rotate()).toMatchObject({ outcome: "rotated" });
  await works();
  expect(current().keyId).not.toBe(sandbox.oauth!.keyId);
});

it("says what has to be done by hand for an API token", async () => {
  const ended = await runHere(["rotate", "api-token"], settings());
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Okta makes no API token for a program") });
});
