import { randomBytes } from "node:crypto";
import { type CryptoKey, decodeProtectedHeader, errors, importJWK, type JWK, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "../../runtime/clock.ts";
import type { ApiResponse, Caller } from "../http/route.ts";
import { type Nonces, type ProofChecker, ProofError, Replays } from "./dpop.ts";

/** An OAuth app (API service integration) of the org. */
export interface OAuthClient {
  readonly clientId: string;
  /** Public keys for `private_key_jwt`; those of several are told apart by `kid`. */
  readonly publicJwks: readonly JWK[];
  /** Scopes that were granted to the app; others drop out of its tokens. */
  readonly grantedScopes: readonly string[];
  /** Standard admin roles of the app; without one it sees empty lists. Default: none. */
  readonly roles?: readonly string[];
  /** The app must send DPoP proofs. */
  readonly dpop?: boolean;
}

/** What an access token stands for. */
export interface AccessToken {
  readonly caller: Caller;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The thumbprint of the key it is bound to: then it is good with a DPoP proof only. */
  readonly boundTo?: string;
}

/** A call of the token endpoint. */
export interface TokenRequest {
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
  readonly proof: string | undefined;
  /** The endpoint's URL as the client called it. */
  readonly url: string;
}

/** An error of the token endpoint, as RFC 6749 and Okta write it. */
class OAuthError extends Error {
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, description: string) {
    super(description);
    this.status = status;
    this.error = error;
  }
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/** Okta Management API: an assertion may live for an hour at most. */
const MAX_ASSERTION_LIFETIME_S = 3600;
/** Okta allows for clocks that differ by up to five minutes. */
const CLOCK_SKEW_S = 300;

/** `POST /oauth2/v1/token`: client credentials with `private_key_jwt`, and DPoP where the app asks for it. */
export class TokenEndpoint {
  readonly #clients: ReadonlyMap<string, OAuthClient>;
  readonly #clock: Clock;
  readonly #proofs: ProofChecker;
  readonly #nonces: Nonces;
  readonly #lifetimeMs: number;
  readonly #tokens = new Map<string, AccessToken>();
  readonly #assertions: Replays;
  readonly #keys = new Map<JWK, Promise<CryptoKey | Uint8Array>>();

  constructor(deps: {
    clients: readonly OAuthClient[];
    clock: Clock;
    proofs: ProofChecker;
    nonces: Nonces;
    lifetimeMs: number;
  }) {
    this.#clients = new Map(deps.clients.map((client) => [client.clientId, client]));
    this.#clock = deps.clock;
    this.#proofs = deps.proofs;
    this.#nonces = deps.nonces;
    this.#lifetimeMs = deps.lifetimeMs;
    this.#assertions = new Replays(deps.clock);
  }

  /** The token's meaning; nothing where it was never given out, or revoked. Expired ones are found too. */
  find(token: string): AccessToken | undefined {
    return this.#tokens.get(token);
  }

  /** Takes none of the tokens given out so far any more. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  async answer(request: TokenRequest): Promise<ApiResponse> {
    try {
      return await this.#issue(request);
    } catch (error) {
      if (error instanceof ProofError) {
        return error.needsNonce
          ? {
              ...refusal(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof."),
              headers: { "DPoP-Nonce": this.#nonces.current },
            }
          : refusal(400, "invalid_dpop_proof", error.message);
      }
      if (error instanceof OAuthError) {
        return refusal(error.status, error.error, error.message);
      }
      throw error;
    }
  }

  async #issue({ form, authorization, proof, url }: TokenRequest): Promise<ApiResponse> {
    const grantType = form.get("grant_type");
    if (grantType === null || grantType === "") {
      throw new OAuthError(400, "invalid_request", "The grant_type parameter is missing.");
    }
    if (grantType !== "client_credentials") {
      throw new OAuthError(400, "unsupported_grant_type", "The grant type is not supported by this endpoint.");
    }
    if (authorization !== undefined || form.has("client_secret")) {
      throw new OAuthError(401, "invalid_client", "This client authenticates with private_key_jwt only.");
    }
    const assertion = form.get("client_assertion");
    if (assertion === null || assertion === "") {
      throw new OAuthError(401, "invalid_client", "Client authentication failed: no client_assertion was sent.");
    }
    if (form.get("client_assertion_type") !== ASSERTION_TYPE) {
      throw new OAuthError(401, "invalid_client", `The client_assertion_type must be ${ASSERTION_TYPE}.`);
    }
    const { client, claims } = await this.#authenticate(assertion, form.get("client_id"), url);
    const boundTo = await this.#checkProof(client, proof, url);
    this.#spend(client, claims);
    const scopes = grantedOf(client, form.get("scope"));
    return this.#give(client, scopes, boundTo);
  }

  async #authenticate(
    assertion: string,
    clientId: string | null,
    url: string,
  ): Promise<{ client: OAuthClient; claims: JWTPayload }> {
    const { kid, claimed } = readUnverified(assertion);
    if (clientId !== null && clientId !== claimed.iss) {
      throw new OAuthError(401, "invalid_client", "The client_id does not match the client_assertion.");
    }
    const client = this.#clients.get(claimed.iss ?? "");
    if (client === undefined) {
      throw new OAuthError(401, "invalid_client", "Invalid value for 'client_id' parameter.");
    }
    const jwk = keyOf(client, kid);
    let key = this.#keys.get(jwk);
    if (key === undefined) {
      key = Promise.resolve(importJWK(jwk, jwk.alg ?? (jwk.kty === "EC" ? "ES256" : "RS256")));
      this.#keys.set(jwk, key);
    }
    try {
      const { payload } = await jwtVerify(assertion, await key, {
        algorithms: ALGORITHMS,
        currentDate: new Date(this.#clock.now()),
      });
      this.#checkClaims(payload, url);
      return { client, claims: payload };
    } catch (error) {
      throw error instanceof errors.JOSEError ? assertionError(error) : error;
    }
  }

  #checkClaims(claims: JWTPayload, url: string): void {
    const invalid = (description: string) => new OAuthError(401, "invalid_client", description);
    const now = this.#clock.now() / 1000;
    if (claims.sub !== claims.iss) {
      throw invalid("The subject claim for client_assertion must be the client id.");
    }
    const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    if (!audience.includes(url)) {
      throw invalid("The audience claim for client_assertion must be the endpoint invoked for the request.");
    }
    if (claims.exp === undefined) {
      throw invalid("The client_assertion token has no expiration.");
    }
    if (claims.exp > now + MAX_ASSERTION_LIFETIME_S + CLOCK_SKEW_S) {
      throw invalid("The client_assertion token has an expiration too far into the future.");
    }
    if (claims.iat !== undefined && claims.iat > now + CLOCK_SKEW_S) {
      throw invalid("The client_assertion token was issued in the future.");
    }
  }

  async #checkProof(client: OAuthClient, proof: string | undefined, url: string): Promise<string | undefined> {
    if (proof === undefined) {
      if (client.dpop === true) {
        throw new ProofError("The DPoP proof JWT header is missing.");
      }
      return undefined;
    }
    return await this.#proofs.check(proof, { method: "POST", url, nonces: this.#nonces });
  }

  /** An assertion with an id counts once. The answer that only asks for a nonce does not use it up. */
  #spend(client: OAuthClient, claims: JWTPayload): void {
    if (claims.jti !== undefined && !this.#assertions.add(`${client.clientId} ${claims.jti}`, claims.exp! * 1000)) {
      throw new OAuthError(401, "invalid_client", "The client_assertion token has been used already.");
    }
  }

  #give(client: OAuthClient, scopes: readonly string[], boundTo: string | undefined): ApiResponse {
    const token = randomBytes(48).toString("base64url");
    const now = this.#clock.now();
    for (const [old, { expiresAt }] of this.#tokens) {
      if (expiresAt + MAX_ASSERTION_LIFETIME_S * 1000 > now) {
        break;
      }
      this.#tokens.delete(old);
    }
    this.#tokens.set(token, {
      caller: { id: client.clientId, roles: client.roles ?? [], scopes },
      expiresAt: now + this.#lifetimeMs,
      ...(boundTo === undefined ? {} : { boundTo }),
    });
    return {
      status: 200,
      headers: { "Cache-Control": "no-store" },
      body: {
        token_type: boundTo === undefined ? "Bearer" : "DPoP",
        expires_in: Math.floor(this.#lifetimeMs / 1000),
        access_token: token,
        scope: scopes.join(" "),
      },
    };
  }
}

function refusal(status: number, error: string, description: string): ApiResponse {
  return { status, body: { error, error_description: description }, headers: { "Cache-Control": "no-store" } };
}

/** The assertion's claims before anything is proven: they only say whose key to take. */
function readUnverified(assertion: string): { kid: string | undefined; claimed: JWTPayload } {
  try {
    const { kid } = decodeProtectedHeader(assertion);
    const claimed: unknown = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
    if (typeof claimed === "object" && claimed !== null) {
      return { kid, claimed: claimed as JWTPayload };
    }
  } catch {
    // Falls through to the one answer for all of these.
  }
  throw new OAuthError(401, "invalid_client", "The client_assertion token is not a JWT.");
}

function keyOf(client: OAuthClient, kid: string | undefined): JWK {
  const found =
    kid === undefined && client.publicJwks.length === 1
      ? client.publicJwks[0]
      : client.publicJwks.find((jwk) => jwk.kid === kid);
  if (found === undefined) {
    throw new OAuthError(401, "invalid_client", "The client_assertion's kid names no key of this client.");
  }
  return found;
}

function assertionError(error: errors.JOSEError): OAuthError {
  if (error instanceof errors.JWTExpired) {
    return new OAuthError(401, "invalid_client", "The client_assertion token is expired.");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new OAuthError(401, "invalid_client", `The client_assertion's ${error.claim} claim is invalid.`);
  }
  return new OAuthError(401, "invalid_client", "The client_assertion signature is invalid.");
}

function grantedOf(client: OAuthClient, scope: string | null): string[] {
  const asked = [...new Set((scope ?? "").split(/\s+/).filter((one) => one !== ""))];
  if (asked.length === 0) {
    throw new OAuthError(
      400,
      "invalid_scope",
      "The scope parameter is missing: a client credentials call names its scopes.",
    );
  }
  const granted = asked.filter((one) => client.grantedScopes.includes(one));
  if (granted.length === 0) {
    throw new OAuthError(
      400,
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    );
  }
  return granted;
}
