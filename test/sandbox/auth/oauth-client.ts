import { createHash, randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Sandbox } from "../../../src/sandbox/serve.ts";

/** A key pair and how it signs. */
export interface Signer {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly alg: string;
}

/** A new key pair. */
export async function newSigner(alg = "RS256", kid?: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid }) }, alg };
}

/** Seconds of the Unix epoch. */
export function seconds(now = Date.now()): number {
  return Math.floor(now / 1000);
}

/** A client assertion as Okta wants it, but for `changes`. A claim that is `undefined` is left out. */
export async function assertion(
  sandbox: Sandbox,
  signer: Signer,
  changes: JWTPayload & { iss: string },
): Promise<string> {
  const claims: JWTPayload = {
    sub: changes.iss,
    aud: `${sandbox.url}/oauth2/v1/token`,
    iat: seconds(),
    exp: seconds() + 300,
    jti: randomUUID(),
    ...changes,
  };
  const { kid } = signer.jwk;
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: signer.alg, ...(kid === undefined ? {} : { kid }) })
    .sign(signer.privateKey);
}

/** A DPoP proof, right but for `changes`. */
export async function proof(
  signer: Signer,
  method: string,
  url: string,
  { accessToken, header, ...changes }: { accessToken?: string; header?: object; [claim: string]: unknown } = {},
): Promise<string> {
  const ath = accessToken === undefined ? {} : { ath: createHash("sha256").update(accessToken).digest("base64url") };
  return await new SignJWT({ htm: method, htu: url, iat: seconds(), jti: randomUUID(), ...ath, ...changes })
    .setProtectedHeader({ alg: signer.alg, typ: "dpop+jwt", jwk: signer.jwk, ...header })
    .sign(signer.privateKey);
}

/** Calls the token endpoint with `form` over the fields that every call has. */
export async function askToken(
  sandbox: Sandbox,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; nonce: string | null; body: Record<string, string | number> }> {
  const answer = await fetch(`${sandbox.url}/oauth2/v1/token`, {
    method: "POST",
    headers,
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      ...form,
    }),
  });
  return {
    status: answer.status,
    nonce: answer.headers.get("dpop-nonce"),
    body: (await answer.json()) as Record<string, string | number>,
  };
}
