import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { OAuthKey } from "./credentials.ts";

/** How long an assertion is good for, in seconds: Okta takes an hour at most. */
const ASSERTION_SECONDS = 300;

/**
 * What proves to the token endpoint at `url` who asks: a JWT that the client's key signs (`private_key_jwt`, OpenID
 * Connect Core 9, RFC 7523), good from `now`, in milliseconds since the Unix epoch.
 */
export function clientAssertion(
  { clientId, key, keyId }: Pick<OAuthKey, "clientId" | "key" | "keyId">,
  url: string,
  now: number,
): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "RS256", ...(keyId === undefined || keyId === "" ? {} : { kid: keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(url)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .setJti(randomUUID())
    .sign(key);
}
