import { createPublicKey } from "node:crypto";
import { exportJWK, importPKCS8 } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Sandbox, ServeOptions } from "../../../src/sandbox/serve.ts";
import { call, handClock, serveFake } from "../http/fake-org.ts";
import { askToken, assertion, newSigner, proof, type Signer, seconds } from "./oauth-client.ts";

let stranger: Signer;

beforeAll(async () => {
  stranger = await newSigner();
});

/** A client of the app that comes with `auth: "dpop"`. */
async function start(options: ServeOptions = {}) {
  const sandbox = await serveFake({ auth: "dpop", ...options });
  const { clientId, privateKeyPem, keyId } = sandbox.oauth!;
  const jwk = await exportJWK(createPublicKey(privateKeyPem));
  const plain: Signer = { privateKey: await importPKCS8(privateKeyPem, "RS256"), jwk, alg: "RS256" };
  const signer: Signer = { ...plain, jwk: { ...jwk, kid: keyId } };
  const url = `${sandbox.url}/oauth2/v1/token`;
  const ask = async (changes?: object, client_assertion?: string) =>
    await askToken(
      sandbox,
      {
        scope: "okta.users.read okta.users.manage",
        client_assertion: client_assertion ?? (await assertion(sandbox, signer, { iss: clientId })),
      },
      changes === undefined ? {} : { DPoP: await proof(plain, "POST", url, { ...changes }) },
    );
  return { sandbox, plain, signer, clientId, ask };
}

async function tokenOf({ ask }: Awaited<ReturnType<typeof start>>): Promise<string> {
  const { nonce } = await ask({});
  const { body } = await ask({ nonce });
  return String(body.access_token);
}

async function read(sandbox: Sandbox, token: string, jwt: string | undefined, init: RequestInit = {}) {
  const headers = { authorization: `DPoP ${token}`, ...(jwt === undefined ? {} : { DPoP: jwt }) };
  const answer = await call(sandbox, "/api/v1/users?limit=2", { ...init, headers });
  return {
    status: answer.status,
    why: answer.headers.get("www-authenticate"),
    nonce: answer.headers.get("dpop-nonce"),
  };
}

describe("DPoP at the token endpoint", () => {
  it("asks for a proof, then for a nonce, then gives a token bound to the key", async () => {
    const { ask } = await start();
    const bare = await ask();
    expect([bare.status, bare.body.error]).toEqual([400, "invalid_dpop_proof"]);
    const first = await ask({});
    expect([first.status, first.body.error]).toEqual([400, "use_dpop_nonce"]);
    expect(first.nonce).toBeTruthy();
    const second = await ask({ nonce: first.nonce });
    expect([second.status, second.body.token_type]).toEqual([200, "DPoP"]);
  });

  it("lets the assertion of the call that only fetched the nonce be used again", async () => {
    const { ask, sandbox, signer, clientId } = await start();
    const same = await assertion(sandbox, signer, { iss: clientId });
    const { nonce } = await ask({}, same);
    expect((await ask({ nonce }, same)).status).toBe(200);
    expect((await ask({ nonce }, same)).body.error).toBe("invalid_client");
  });

  it.each([
    ["another method", { htm: "GET" }],
    ["another address", { htu: "http://127.0.0.1:1/oauth2/v1/token" }],
    ["an old time", { iat: seconds() - 3600 }],
    ["a time ahead", { iat: seconds() + 3600 }],
    ["no time", { iat: undefined }],
    ["no id", { jti: undefined }],
    ["another type", { header: { typ: "jwt" } }],
    ["no key", { header: { jwk: undefined } }],
  ])("refuses a proof with %s", async (_, changes) => {
    const { ask } = await start();
    const { nonce } = await ask({});
    const { status, body } = await ask({ nonce, ...changes });
    expect([status, body.error]).toEqual([400, "invalid_dpop_proof"]);
  });

  it("refuses a private key in a proof, a signature of another key, and a text that is no proof", async () => {
    const { sandbox, signer, plain, clientId, ask } = await start();
    const { nonce } = await ask({});
    const url = `${sandbox.url}/oauth2/v1/token`;
    const secret = await exportJWK(stranger.privateKey);
    for (const DPoP of [
      await proof(stranger, "POST", url, { nonce, header: { jwk: secret } }),
      await proof(stranger, "POST", url, { nonce, header: { jwk: plain.jwk } }),
      "nonsense",
    ]) {
      const client_assertion = await assertion(sandbox, signer, { iss: clientId });
      const { status, body } = await askToken(sandbox, { scope: "okta.users.read", client_assertion }, { DPoP });
      expect([status, body.error]).toEqual([400, "invalid_dpop_proof"]);
    }
  });

  it("takes a nonce until it is renewed, by time or on request", async () => {
    const clock = handClock(Date.now());
    const { ask, sandbox } = await start({ clock, nonceLifetimeMs: 1000 });
    const { nonce } = await ask({});
    clock.time += 1500;
    expect((await ask({ nonce })).status).toBe(200);
    clock.time += 1500;
    const stale = await ask({ nonce });
    expect(stale.body.error).toBe("use_dpop_nonce");
    sandbox.renewNonces();
    expect((await ask({ nonce: stale.nonce })).body.error).toBe("use_dpop_nonce");
  });

  it("binds the token of an app that need not, but does send a proof", async () => {
    const { sandbox, signer, ask } = await start({ auth: "oauth" });
    expect(signer.jwk.kid).toBe(sandbox.oauth!.keyId);
    expect((await ask()).body.token_type).toBe("Bearer");
    const { nonce } = await ask({});
    expect((await ask({ nonce })).body.token_type).toBe("DPoP");
  });
});

describe("DPoP at resources", () => {
  it("opens with a proof of the method, the URL without the query, the token and the key", async () => {
    const client = await start();
    const accessToken = await tokenOf(client);
    const url = `${client.sandbox.url}/api/v1/users`;
    const right = await proof(client.plain, "GET", url, { accessToken });
    expect((await read(client.sandbox, accessToken, right)).status).toBe(200);
    const replayed = await read(client.sandbox, accessToken, right);
    expect([replayed.status, replayed.why]).toEqual([401, expect.stringContaining("used already")]);
  });

  it("stays shut with any of them wrong", async () => {
    const client = await start();
    const accessToken = await tokenOf(client);
    const { sandbox, plain } = client;
    const url = `${sandbox.url}/api/v1/users`;
    for (const wrong of [
      undefined,
      await proof(plain, "POST", url, { accessToken }),
      await proof(plain, "GET", `${sandbox.url}/api/v1/groups`, { accessToken }),
      await proof(plain, "GET", url, { accessToken: "another" }),
      await proof(plain, "GET", url),
      await proof(stranger, "GET", url, { accessToken }),
      await proof(plain, "GET", url, { accessToken, iat: seconds() - 900 }),
    ]) {
      const { status, why } = await read(sandbox, accessToken, wrong);
      expect([status, why]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_dpop_proof"/)]);
    }
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await call(sandbox, "/api/v1/users", { headers })).status).toBe(401);
    const unknown = await proof(plain, "GET", url, { accessToken: "unknown" });
    expect((await read(sandbox, "unknown", unknown)).why).toContain("invalid_token");
  });

  it("may ask for a nonce of their own", async () => {
    const client = await start({ resourceNonces: true });
    const accessToken = await tokenOf(client);
    const { sandbox, plain } = client;
    const url = `${sandbox.url}/api/v1/users`;
    const asked = await read(sandbox, accessToken, await proof(plain, "GET", url, { accessToken }));
    expect([asked.status, asked.why]).toEqual([401, expect.stringContaining('error="use_dpop_nonce"')]);
    const right = await proof(plain, "GET", url, { accessToken, nonce: asked.nonce });
    expect((await read(sandbox, accessToken, right)).status).toBe(200);
    sandbox.renewNonces();
    const late = await proof(plain, "GET", url, { accessToken, nonce: asked.nonce });
    expect((await read(sandbox, accessToken, late)).why).toContain("use_dpop_nonce");
  });
});
