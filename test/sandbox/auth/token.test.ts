import { randomUUID } from "node:crypto";
import { importPKCS8 } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { ServeOptions } from "../../../src/sandbox/serve.ts";
import { call, handClock, serveFake } from "../http/fake-org.ts";
import { askToken, assertion, newSigner, type Signer, seconds } from "./oauth-client.ts";

const CLIENT = "0oaClient";
let signer: Signer;
let stranger: Signer;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([newSigner("RS256", "key1"), newSigner("RS256", "key1")]);
});

async function withClient(options: ServeOptions = {}, roles: string[] = ["READ_ONLY_ADMIN"]) {
  const grantedScopes = ["okta.users.read", "okta.groups.manage", "okta.logs.read"];
  const sandbox = await serveFake({
    ...options,
    oauthClients: [{ clientId: CLIENT, publicJwks: [signer.jwk], grantedScopes, roles }],
  });
  return sandbox;
}

describe("the token endpoint", () => {
  it("gives a bearer token that opens what its scopes and the app's role allow", async () => {
    const sandbox = await withClient();
    const { status, body } = await askToken(sandbox, {
      scope: "okta.users.read okta.groups.manage okta.apps.read",
      client_assertion: await assertion(sandbox, signer, { iss: CLIENT }),
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      token_type: "Bearer",
      expires_in: 3600,
      access_token: expect.any(String),
      scope: "okta.users.read okta.groups.manage",
    });
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect(await (await call(sandbox, "/api/v1/users", { headers })).json()).toMatchObject({
      caller: { id: CLIENT, roles: ["READ_ONLY_ADMIN"], scopes: ["okta.users.read", "okta.groups.manage"] },
    });
    expect((await call(sandbox, "/api/v1/groups", { headers })).status).toBe(200);
    const noScope = await call(sandbox, "/api/v1/apps", { headers });
    expect([noScope.status, await noScope.json()]).toMatchObject([403, { errorCode: "E0000006" }]);
    expect(noScope.headers.get("www-authenticate")).toMatch(/^Bearer error="insufficient_scope".*okta\.apps\.read/);
    const noRole = await call(sandbox, "/api/v1/groups/1", { headers, method: "DELETE" });
    expect([noRole.status, noRole.headers.get("www-authenticate")]).toEqual([403, null]);
  });

  it("an app without an admin role sees an empty org", async () => {
    const sandbox = await withClient({}, []);
    const { body } = await askToken(sandbox, {
      scope: "okta.users.read",
      client_assertion: await assertion(sandbox, signer, { iss: CLIENT }),
    });
    const headers = { authorization: `Bearer ${body.access_token}` };
    const users = await call(sandbox, "/api/v1/users", { headers });
    expect([users.status, await users.json()]).toEqual([200, []]);
    expect((await call(sandbox, "/api/v1/users/00u1", { headers })).status).toBe(404);
  });

  it.each([
    ["another key", { by: "stranger" }, /signature/],
    ["a subject that is somebody else", { sub: "0oaOther" }, /subject/],
    ["an audience that is somewhere else", { aud: "https://acme.okta.com/oauth2/v1/token" }, /audience/],
    ["an end that is over", { exp: seconds() - 10 }, /expired/],
    ["an end too far ahead", { exp: seconds() + 7200 }, /too far/],
    ["no end", { exp: undefined }, /expiration/],
    ["a start in the future", { iat: seconds() + 1000 }, /future/],
    ["a client that is not there", { iss: "0oaNobody" }, /client_id/],
  ])("refuses an assertion with %s", async (_, { by, ...changes }: Record<string, unknown>, why) => {
    const sandbox = await withClient();
    const client_assertion = await assertion(sandbox, by === "stranger" ? stranger : signer, {
      iss: CLIENT,
      ...changes,
    });
    const { status, body } = await askToken(sandbox, { scope: "okta.users.read", client_assertion });
    expect([status, body.error]).toEqual([401, "invalid_client"]);
    expect(body.error_description).toMatch(why);
  });

  it("refuses an unknown kid, a text that is no JWT, no assertion, a client secret", async () => {
    const sandbox = await withClient();
    const unknown = { ...signer, jwk: { ...signer.jwk, kid: "other" } };
    const scope = "okta.users.read";
    const right = await assertion(sandbox, signer, { iss: CLIENT });
    for (const form of [
      { client_assertion: await assertion(sandbox, unknown, { iss: CLIENT }) },
      { client_assertion: "a.b.c" },
      { client_assertion: right, client_id: "0oaOther" },
      { client_assertion: right, client_assertion_type: "jwt" },
      { client_id: CLIENT, client_secret: "x" },
      {},
    ]) {
      const { status, body } = await askToken(sandbox, { scope, ...form });
      expect([status, body.error]).toEqual([401, "invalid_client"]);
    }
  });

  it("takes an assertion with an id once, one without an id as often as it is good", async () => {
    const sandbox = await withClient();
    const ask = async (client_assertion: string) =>
      (await askToken(sandbox, { scope: "okta.users.read", client_assertion })).status;
    const once = await assertion(sandbox, signer, { iss: CLIENT, jti: randomUUID() });
    expect([await ask(once), await ask(once)]).toEqual([200, 401]);
    const { jti: _, ...rest } = { jti: "", iss: CLIENT };
    const again = await assertion(sandbox, signer, { ...rest, jti: undefined } as { iss: string });
    expect([await ask(again), await ask(again)]).toEqual([200, 200]);
  });

  it("refuses scopes of which none is granted, none at all, and other grants", async () => {
    const sandbox = await withClient();
    const ask = async (form: Record<string, string>) => {
      const client_assertion = await assertion(sandbox, signer, { iss: CLIENT });
      const { status, body } = await askToken(sandbox, { client_assertion, ...form });
      return [status, body.error];
    };
    expect(await ask({ scope: "okta.apps.read" })).toEqual([400, "invalid_scope"]);
    expect(await ask({})).toEqual([400, "invalid_scope"]);
    expect(await ask({ grant_type: "password" })).toEqual([400, "unsupported_grant_type"]);
    expect(await ask({ grant_type: "" })).toEqual([400, "invalid_request"]);
  });

  it("a token ends with its time, or when it is revoked", async () => {
    const clock = handClock(Date.now());
    const sandbox = await withClient({ clock, accessTokenLifetimeMs: 60_000 });
    const headersOf = async () => {
      const { body } = await askToken(sandbox, {
        scope: "okta.users.read",
        client_assertion: await assertion(sandbox, signer, { iss: CLIENT }),
      });
      expect(body.expires_in).toBe(60);
      return { authorization: `Bearer ${body.access_token}` };
    };
    const headers = await headersOf();
    clock.time += 59_000;
    expect((await call(sandbox, "/api/v1/users", { headers })).status).toBe(200);
    clock.time += 1000;
    const late = await call(sandbox, "/api/v1/users", { headers });
    expect([late.status, await late.json()]).toMatchObject([401, { errorCode: "E0000011" }]);
    expect(late.headers.get("www-authenticate")).toContain('error="invalid_token"');
    const fresh = await headersOf();
    sandbox.revokeAccessTokens();
    expect((await call(sandbox, "/api/v1/users", { headers: fresh })).status).toBe(401);
  });

  it("takes forms by POST only", async () => {
    const sandbox = await withClient();
    const url = `${sandbox.url}/oauth2/v1/token`;
    expect((await fetch(url)).status).toBe(405);
    const json = await fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    expect([json.status, await json.json()]).toMatchObject([400, { error: "invalid_request" }]);
  });

  it("tells several keys of a client apart, of whatever kind", async () => {
    const elliptic = await newSigner("ES256", "key2");
    const sandbox = await serveFake({
      oauthClients: [{ clientId: CLIENT, publicJwks: [signer.jwk, elliptic.jwk], grantedScopes: ["okta.users.read"] }],
    });
    for (const by of [signer, elliptic]) {
      const client_assertion = await assertion(sandbox, by, { iss: CLIENT });
      expect((await askToken(sandbox, { scope: "okta.users.read", client_assertion })).status).toBe(200);
    }
  });
});

describe("auth: oauth", () => {
  it("comes with an app that may do everything", async () => {
    const sandbox = await serveFake({ auth: "oauth" });
    const { clientId, privateKeyPem, keyId, scopes } = sandbox.oauth!;
    const own = { privateKey: await importPKCS8(privateKeyPem, "RS256"), jwk: { kid: keyId }, alg: "RS256" } as Signer;
    const { body } = await askToken(sandbox, {
      scope: scopes.join(" "),
      client_assertion: await assertion(sandbox, own, { iss: clientId }),
    });
    expect(scopes).toContain("okta.roles.manage");
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await call(sandbox, "/api/v1/groups/1/roles", { headers, method: "POST" })).status).toBe(200);
    expect((await serveFake()).oauth).toBeUndefined();
  });
});
