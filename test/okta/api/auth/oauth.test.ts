import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { decodeJwt, decodeProtectedHeader, exportJWK, importJWK, jwtVerify } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import type { OAuthKey } from "../../../../src/okta/api/auth/credentials.ts";
import { readPrivateKey } from "../../../../src/okta/api/auth/private-key.ts";
import { scopeOf, scopesFor } from "../../../../src/okta/api/auth/scopes.ts";
import type { ClientEvent } from "../../../../src/okta/api/client.ts";
import { type Clock, systemClock } from "../../../../src/runtime/clock.ts";
import { isFailure } from "../../../../src/runtime/failure.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";
import { type Sandbox, type ServeOptions, serve as serveOrg } from "../../../../src/sandbox/serve.ts";
import { FastClock, settled } from "../fake-clock.ts";
import { aCall, atEnd, clientOf, json, oktaError, rejection, serve } from "../okta-server.ts";

const PATH = "/api/v1/groups";
const route = {
  method: "GET",
  pattern: PATH,
  scope: "okta.groups.read",
  handle: () => ({ status: 200, body: [{ id: "00g1" }] }),
};
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let keyPem: string;

beforeAll(() => {
  keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
});

async function org(options: ServeOptions): Promise<Sandbox> {
  const directory = { rolesOfUser: () => [], rolesOfGroup: () => [], isActive: () => true };
  const sandbox = await serveOrg({ routes: [route], directory }, { limits: "off", ...options });
  atEnd(() => sandbox.close());
  return sandbox;
}

async function keyOf(sandbox: Sandbox, parts: Partial<OAuthKey> = {}): Promise<OAuthKey> {
  const { key } = await readPrivateKey(new Secret(sandbox.oauth!.privateKeyPem));
  const { clientId, keyId } = sandbox.oauth!;
  return { kind: "oauthKey", clientId, key, keyId, scopes: scopesFor({}), ...parts };
}

async function appOf(parts: Partial<OAuthKey> = {}): Promise<OAuthKey> {
  const { key } = await readPrivateKey(new Secret(keyPem));
  return { kind: "oauthKey", clientId: "0oa1", key, keyId: "k1", scopes: scopesFor({}), ...parts };
}

const ahead = (ms: number): Clock => ({ now: () => Date.now() + ms, sleep: systemClock.sleep });

describe("a key that is read anew before each access token", () => {
  test("signs in with the one that is there now", async () => {
    const sandbox = await org({ auth: "oauth" });
    const good = await keyOf(sandbox);
    const stale = {
      ...good,
      key: privateKey,
      keyId: "retired",
      reread: async () => ({ key: good.key, keyId: good.keyId! }),
    };
    await clientOf(sandbox.url, { credentials: stale }).list(PATH, aCall());
  });

  test("goes on with the one in use where what is there now is refused, or cannot be read", async () => {
    const sandbox = await org({ auth: "oauth" });
    const good = await keyOf(sandbox);
    const wrong = async () => ({ key: privateKey, keyId: "wrong" });
    const gone = async () => {
      throw new Error("ENOENT");
    };
    for (const reread of [wrong, gone]) {
      await clientOf(sandbox.url, { credentials: { ...good, reread } }).list(PATH, aCall());
    }
  });
});

describe("an org that gives bearer tokens", () => {
  test("one access token serves many callers, and is asked for once", async () => {
    const sandbox = await org({ auth: "oauth" });
    const seen: string[] = [];
    sandbox.onRequest((request) => seen.push(request.url));
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox) });
    expect(client.grantedScopes()).toBeUndefined();
    await Promise.all(Array.from({ length: 20 }, () => client.list(PATH, aCall())));
    expect(seen.filter((path) => path.includes("/oauth2/"))).toHaveLength(1);
    // The org grants the one scope that its only endpoint asks for; the others drop out.
    expect(client.grantedScopes()).toEqual(["okta.groups.read"]);
  });

  test("a token that is refused is replaced once for all who hold it", async () => {
    const sandbox = await org({ auth: "oauth" });
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox) });
    await client.list(PATH, aCall());
    sandbox.revokeAccessTokens();
    const seen: string[] = [];
    sandbox.onRequest((request) => seen.push(request.url));
    await Promise.all(Array.from({ length: 10 }, () => client.list(PATH, aCall())));
    expect(seen.filter((path) => path.includes("/oauth2/"))).toHaveLength(1);
  });

  test("a clock that is wrong by an hour is put right from the server's Date", async () => {
    for (const off of [3_600_000, -3_600_000]) {
      const sandbox = await org({ auth: "oauth" });
      const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox), clock: ahead(off) });
      expect((await client.list(PATH, aCall())).items).toHaveLength(1);
      expect(Math.abs(client.stats().clockOffsetMs + off)).toBeLessThan(5000);
    }
  });

  test.each([
    ["a client id that is not known", { clientId: "0oaNobody" }],
    ["a key id that is not known", { keyId: "nobody" }],
  ])("%s", async (_, parts) => {
    const sandbox = await org({ auth: "oauth" });
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox, parts) });
    const error = await rejection(client.list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "unauthenticated", attempted: "POST /oauth2/v1/token" });
  });

  test("a key that is not the app's", async () => {
    const sandbox = await org({ auth: "oauth" });
    const { key } = await appOf();
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox, { key }) });
    expect(isFailure(await rejection(client.list(PATH, aCall())), "unauthenticated")).toBe(true);
  });
});

describe("an org that binds tokens to a key", () => {
  test.each([false, true])("is understood without configuration (resource nonces: %s)", async (resourceNonces) => {
    const sandbox = await org({ auth: "dpop", resourceNonces });
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox) });
    const pages = await Promise.all(Array.from({ length: 10 }, () => client.list(PATH, aCall())));
    expect(pages.every((page) => page.items.length === 1)).toBe(true);
    sandbox.renewNonces();
    await client.list(PATH, aCall());
    sandbox.revokeAccessTokens();
    sandbox.renewNonces();
    await client.list(PATH, aCall());
  });

  test("a wrong clock does not spoil the proofs", async () => {
    const sandbox = await org({ auth: "dpop", resourceNonces: true });
    const client = clientOf(sandbox.url, { credentials: await keyOf(sandbox), clock: ahead(-7_200_000) });
    expect((await client.list(PATH, aCall())).items).toHaveLength(1);
  });

  const asksFor = (times: number) =>
    serve((request, response, n) => {
      if (request.url === "/oauth2/v1/token") {
        if (n === 0) json(response, { error: "use_dpop_nonce" }, 400, { "dpop-nonce": "n1" });
        else json(response, { access_token: "at1", token_type: "DPoP", expires_in: 3600 });
        return;
      }
      const asked = n - 2;
      const { nonce } = decodeJwt(String(request.headers.dpop));
      if (asked < times) {
        const challenge = { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": `r${asked}` };
        json(response, oktaError("E0000011", "Invalid token"), 401, challenge);
      } else {
        json(response, [{ id: nonce }]);
      }
    });

  test("a nonce that is asked for several times in a row is given each time", async () => {
    const server = await asksFor(3);
    const client = clientOf(server.url, { credentials: await appOf() });
    expect((await client.list(PATH, aCall())).items).toEqual([{ id: "r2" }]);
  });

  test("a nonce that is asked for without end is told as such, not as a refused token", async () => {
    const server = await asksFor(Number.POSITIVE_INFINITY);
    const error = await rejection(clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "unauthenticated", message: expect.stringContaining("asks for a DPoP nonce") });
    expect(server.seen.length).toBeLessThan(10);
    const endpoint = await serve((_, response, n) =>
      json(response, { error: "use_dpop_nonce" }, 400, { "dpop-nonce": `n${n}` }),
    );
    const other = await rejection(clientOf(endpoint.url, { credentials: await appOf() }).list(PATH, aCall()));
    expect(other).toMatchObject({ kind: "unauthenticated", message: expect.stringContaining("asks for a DPoP nonce") });
  });

  test("a proof says what it is for", async () => {
    const proofs: string[] = [];
    const server = await serve((request, response, n) => {
      if (request.url === "/oauth2/v1/token") {
        if (n === 0) {
          json(response, { error: "use_dpop_nonce" }, 400, { "dpop-nonce": "n1" });
          return;
        }
        proofs.push(String(request.headers.dpop));
        json(response, { access_token: "at1", token_type: "DPoP", expires_in: 3600, scope: "okta.groups.read" });
        return;
      }
      proofs.push(String(request.headers.dpop));
      expect(request.headers.authorization).toBe("DPoP at1");
      json(response, [], 200, { "dpop-nonce": "r1" });
    });
    const client = clientOf(server.url, { credentials: await appOf() });
    await client.list("/api/v1/groups?limit=1", aCall());
    await client.list("/api/v1/groups?limit=1", aCall());
    const [forToken, first, second] = proofs.map((proof) => decodeJwt(proof));
    expect(forToken).toMatchObject({ htm: "POST", htu: `${server.url}/oauth2/v1/token`, nonce: "n1" });
    expect(forToken).not.toHaveProperty("ath");
    expect(first).toMatchObject({ htm: "GET", htu: `${server.url}/api/v1/groups` });
    expect(first!.ath).toBe(createHash("sha256").update("at1").digest("base64url"));
    expect(second).toMatchObject({ nonce: "r1" });
    expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(3);
    const header = decodeProtectedHeader(proofs[2]!);
    expect(header).toMatchObject({ typ: "dpop+jwt", jwk: { kty: "EC" } });
    expect(header.jwk).not.toHaveProperty("d");
    await jwtVerify(proofs[2]!, await importJWK(header.jwk!, header.alg));
  });
});

describe("the token endpoint", () => {
  test("is given an assertion as Okta describes it", async () => {
    const server = await serve((request, response) =>
      request.url === "/oauth2/v1/token"
        ? json(response, { access_token: "at1", token_type: "Bearer", expires_in: 3600 })
        : json(response, []),
    );
    await clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall());
    const form = new URLSearchParams(server.seen[0]!.body);
    expect(form.get("grant_type")).toBe("client_credentials");
    expect(form.get("scope")).toBe("okta.users.read okta.groups.read okta.apps.read okta.roles.read");
    const key = await importJWK(await exportJWK(createPublicKey(privateKey)), "RS256");
    const { payload, protectedHeader } = await jwtVerify(form.get("client_assertion")!, key, {
      issuer: "0oa1",
      subject: "0oa1",
      audience: `${server.url}/oauth2/v1/token`,
      algorithms: ["RS256"],
    });
    expect(protectedHeader.kid).toBe("k1");
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(3600);
    expect(payload.jti).toBeDefined();
  });

  test("a token is refreshed before it expires", async () => {
    let given = 0;
    const used: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      if (request.url === "/oauth2/v1/token") {
        given++;
        json(response, { access_token: `at${given}`, token_type: "Bearer", expires_in: 600 });
        return;
      }
      used.push(request.headers.authorization);
      json(response, []);
    });
    const clock = new FastClock();
    const client = clientOf(server.url, { credentials: await appOf(), clock });
    await client.list(PATH, aCall());
    await clock.sleep(500_000);
    await client.list(PATH, aCall());
    await clock.sleep(45_000);
    await Promise.all([client.list(PATH, aCall()), client.list(PATH, aCall())]);
    expect(used).toEqual(["Bearer at1", "Bearer at1", "Bearer at2", "Bearer at2"]);
  });

  test("passing trouble is waited out", async () => {
    const server = await serve((request, response, n) => {
      if (request.url !== "/oauth2/v1/token") {
        json(response, []);
      } else if (n === 0) {
        response.destroy();
      } else if (n === 1) {
        json(response, {}, 503);
      } else if (n === 2) {
        json(response, oktaError("E0000047", "limit"), 429, { "retry-after": "7" });
      } else if (n === 3) {
        response.end('{"access_tok');
      } else {
        json(response, { access_token: "at1", token_type: "Bearer", expires_in: 600 });
      }
    });
    const clock = new FastClock();
    await clientOf(server.url, { credentials: await appOf(), clock }).list(PATH, aCall());
    expect(clock.slept).toContain(7000);
  });

  test("a request that still gets 401 with a new token fails", async () => {
    let given = 0;
    const server = await serve((request, response) => {
      if (request.url === "/oauth2/v1/token") {
        given++;
        json(response, { access_token: `secret-at-${given}`, token_type: "Bearer", expires_in: 600 });
        return;
      }
      json(response, oktaError("E0000011", `Invalid token ${request.headers.authorization}`), 401);
    });
    const error = await rejection(clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall()));
    expect(isFailure(error, "unauthenticated")).toBe(true);
    expect(given).toBe(2);
  });

  test("an assertion refused for its time says how wrong the clock is", async () => {
    const server = await serve((_, response) =>
      json(response, { error: "invalid_client", error_description: "The client_assertion token is expired." }, 401, {
        date: new Date(Date.now() + 900_000).toUTCString(),
      }),
    );
    const error = await rejection(clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "unauthenticated", advice: expect.stringContaining("clock") });
    expect((error as Error).message).toMatch(/clock is (899|90[01]) s behind Okta's/);
    expect(server.seen).toHaveLength(2);
  });

  test("scopes that were not granted are named: in the log, and where one is missed", async () => {
    const server = await serve((request, response) =>
      request.url === "/oauth2/v1/token"
        ? json(response, { access_token: "at1", token_type: "Bearer", expires_in: 600, scope: "okta.users.read" })
        : json(response, oktaError("E0000006", "You do not have permission"), 403),
    );
    const events: ClientEvent[] = [];
    const client = clientOf(server.url, { credentials: await appOf(), log: (event) => events.push(event) });
    const error = await rejection(client.list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "permissionDenied", message: expect.stringContaining("okta.groups.read") });
    expect(events).toContainEqual(
      expect.objectContaining({ details: { missing: "okta.groups.read okta.apps.read okta.roles.read" } }),
    );
    expect(await rejection(client.list("/api/v1/users", aCall()))).toMatchObject({
      kind: "permissionDenied",
      advice: expect.stringContaining("admin role"),
    });
  });

  test.each([
    ["invalid_scope", 400, "permissionDenied"],
    ["unauthorized_client", 400, "unauthenticated"],
  ])("%s", async (error, status, kind) => {
    const server = await serve((_, response) => json(response, { error, error_description: "words" }, status));
    expect(await rejection(clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall()))).toMatchObject({
      kind,
      message: expect.stringContaining("words"),
    });
  });

  test.each([
    ["hangs", () => {}],
    ["is unavailable for ever", (response: ServerResponse) => json(response, {}, 503)],
    ["refuses for ever", (response: ServerResponse) => json(response, {}, 429, { "retry-after": "60" })],
  ])("is asked no more once the client is closed, though it %s", async (_, answer) => {
    const server = await serve((_, response) => answer(response));
    let sleeping = 0;
    const clock: Clock = {
      now: systemClock.now,
      async sleep(ms, signal) {
        sleeping++;
        await systemClock.sleep(ms, signal).finally(() => sleeping--);
      },
    };
    const client = clientOf(server.url, { credentials: await appOf(), clock });
    const cancel = new AbortController();
    const waiting = client.list(PATH, aCall({ signal: cancel.signal }));
    await expect.poll(() => server.seen.length).toBeGreaterThan(0);
    cancel.abort();
    expect(isFailure(await rejection(waiting), "cancelled")).toBe(true);
    client.close();
    await settled();
    expect(sleeping).toBe(0);
    const asked = server.seen.length;
    await systemClock.sleep(400);
    expect(server.seen).toHaveLength(asked);
  });

  test("a token that no header can hold is told as what it is", async () => {
    const server = await serve((_, response) =>
      json(response, { access_token: "at1\nat2", token_type: "Bearer", expires_in: 600 }),
    );
    const error = await rejection(clientOf(server.url, { credentials: await appOf() }).list(PATH, aCall()));
    expect(error).toMatchObject({ kind: "failedPrecondition", attempted: "POST /oauth2/v1/token" });
    expect((error as Error).message).toContain("an access token with a line break");
    expect(server.seen).toHaveLength(1);
  });

  test("a caller that gives up does not take the token from the others", async () => {
    let answerNow = () => {};
    const server = await serve((request, response) => {
      if (request.url === "/oauth2/v1/token") {
        answerNow = () => json(response, { access_token: "at1", token_type: "Bearer", expires_in: 600 });
        return;
      }
      json(response, []);
    });
    const client = clientOf(server.url, { credentials: await appOf() });
    const cancel = new AbortController();
    const one = client.list("/api/v1/users", aCall({ signal: cancel.signal }));
    const other = client.list(PATH, aCall());
    await expect.poll(() => server.seen.length).toBe(1);
    cancel.abort();
    expect(isFailure(await rejection(one), "cancelled")).toBe(true);
    answerNow();
    expect((await other).items).toEqual([]);
    expect(server.seen.filter((s) => s.url.includes("oauth2"))).toHaveLength(1);
  });
});

test("scopes follow what the program is set up to do", () => {
  expect(scopesFor({})).toEqual(["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.roles.read"]);
  expect(scopesFor({ secrets: true, devices: true, logs: true })).toEqual(
    expect.arrayContaining(["okta.apiTokens.read", "okta.devices.read", "okta.logs.read"]),
  );
  expect(scopesFor({ provisioning: true })).toContain("okta.roles.manage");
  expect(scopeOf("GET", "/api/v1/groups/1/roles")).toBe("okta.roles.read");
  expect(scopeOf("GET", "/api/v1/groups/1/users?limit=1")).toBe("okta.groups.read");
  expect(scopeOf("PUT", "/api/v1/groups/1/users/2")).toBe("okta.groups.manage");
  expect(scopeOf("GET", "/api/v1/iam/assignees/users")).toBe("okta.roles.read");
});
