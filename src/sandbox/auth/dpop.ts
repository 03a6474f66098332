import { createHash, randomBytes } from "node:crypto";
import {
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  importJWK,
  type JWK,
} from "jose";
import type { Clock } from "../../runtime/clock.ts";

/** A proof that does not hold. `needsNonce`: it would with the nonce that the answer carries. */
export class ProofError extends Error {
  readonly needsNonce: boolean;

  constructor(message: string, needsNonce = false) {
    super(message);
    this.needsNonce = needsNonce;
  }
}

/** What a proof has to be about. */
export interface ProofSubject {
  readonly method: string;
  /** The URL that was called; its query does not count. */
  readonly url: string;
  /** The nonces that the proof must carry one of; absent where none is asked for. */
  readonly nonces?: Nonces;
  /** The access token that the proof goes with; absent at the token endpoint. */
  readonly accessToken?: string;
  /** The thumbprint of the key that the access token is bound to. */
  readonly boundTo?: string;
}

interface ProofKey {
  readonly key: CryptoKey | Uint8Array;
  readonly thumbprint: string;
}

const ALGORITHMS = new Set(["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]);
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const KNOWN_KEYS = 1000;

/** Checks DPoP proofs (RFC 9449) and remembers those it saw, since a proof counts once. */
export class ProofChecker {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #seen: Replays;
  readonly #keys = new Map<string, ProofKey>();

  /** A proof's `iat` may be `windowMs` away from the clock. */
  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#seen = new Replays(clock);
  }

  /** Returns the thumbprint of the proof's key; throws {@link ProofError} where the proof does not hold. */
  async check(proof: string, subject: ProofSubject): Promise<string> {
    const { key, thumbprint } = await this.#keyOf(proof);
    const claims = await claimsOf(proof, key);
    if (typeof claims.htm !== "string" || claims.htm !== subject.method) {
      throw new ProofError("The DPoP proof JWT's htm claim does not match the method of the request.");
    }
    if (typeof claims.htu !== "string" || !isSameUrl(claims.htu, subject.url)) {
      throw new ProofError("The DPoP proof JWT's htu claim does not match the URL of the request.");
    }
    this.#checkAge(claims.iat);
    if (typeof claims.jti !== "string" || claims.jti === "") {
      throw new ProofError("The DPoP proof JWT has no jti claim.");
    }
    if (subject.accessToken !== undefined && claims.ath !== hashOf(subject.accessToken)) {
      throw new ProofError("The DPoP proof JWT's ath claim does not match the access token.");
    }
    if (subject.boundTo !== undefined && subject.boundTo !== thumbprint) {
      throw new ProofError("The DPoP proof JWT is signed with another key than the one the access token is bound to.");
    }
    if (subject.nonces !== undefined && !subject.nonces.accepts(claims.nonce)) {
      throw new ProofError("A nonce is required in the DPoP proof.", true);
    }
    if (!this.#seen.add(`${thumbprint} ${claims.jti}`, this.#clock.now() + 2 * this.#windowMs)) {
      throw new ProofError("The DPoP proof JWT has been used already.");
    }
    return thumbprint;
  }

  #checkAge(iat: unknown): void {
    if (typeof iat !== "number") {
      throw new ProofError("The DPoP proof JWT has no iat claim.");
    }
    const ageMs = this.#clock.now() - iat * 1000;
    if (ageMs < -this.#windowMs) {
      throw new ProofError("The DPoP proof JWT is issued in the future.");
    }
    if (ageMs > this.#windowMs) {
      throw new ProofError("The DPoP proof JWT is too old.");
    }
  }

  async #keyOf(proof: string): Promise<ProofKey> {
    let header: ReturnType<typeof decodeProtectedHeader>;
    try {
      header = decodeProtectedHeader(proof);
    } catch {
      throw new ProofError("The DPoP proof is not a JWT.");
    }
    if (header.typ !== "dpop+jwt") {
      throw new ProofError("The DPoP proof JWT's typ is not dpop+jwt.");
    }
    const { alg, jwk } = header;
    if (alg === undefined || !ALGORITHMS.has(alg)) {
      throw new ProofError("The DPoP proof JWT's alg is not supported.");
    }
    if (jwk === undefined || PRIVATE_MEMBERS.some((member) => member in jwk)) {
      throw new ProofError("The DPoP proof JWT's header has no public jwk.");
    }
    const name = JSON.stringify([alg, jwk]);
    const known = this.#keys.get(name);
    if (known !== undefined) {
      return known;
    }
    try {
      const made = { key: await importJWK(jwk as JWK, alg), thumbprint: await calculateJwkThumbprint(jwk as JWK) };
      if (this.#keys.size >= KNOWN_KEYS) {
        this.#keys.clear();
      }
      this.#keys.set(name, made);
      return made;
    } catch {
      throw new ProofError("The DPoP proof JWT's jwk is not a usable key.");
    }
  }
}

async function claimsOf(proof: string, key: CryptoKey | Uint8Array): Promise<Record<string, unknown>> {
  try {
    const { payload } = await compactVerify(proof, key);
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) {
      return claims as Record<string, unknown>;
    }
  } catch {
    // Falls through to the one answer for all of these.
  }
  throw new ProofError("The DPoP proof JWT's signature is invalid.");
}

/** The nonces that a server gave out and still takes: the current one and the one before. */
export class Nonces {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  #current = { value: newNonce(), since: 0 };
  #previous = "";

  constructor(clock: Clock, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
    this.#current.since = clock.now();
  }

  /** The nonce that the next proof should carry. */
  get current(): string {
    this.#rotate();
    return this.#current.value;
  }

  accepts(nonce: unknown): boolean {
    this.#rotate();
    return typeof nonce === "string" && nonce !== "" && (nonce === this.#current.value || nonce === this.#previous);
  }

  /** Takes none of the nonces given out so far any more. */
  renew(): void {
    this.#previous = "";
    this.#current = { value: newNonce(), since: this.#clock.now() };
  }

  #rotate(): void {
    const now = this.#clock.now();
    const age = now - this.#current.since;
    if (age < this.#lifetimeMs) {
      return;
    }
    this.#previous = age < 2 * this.#lifetimeMs ? this.#current.value : "";
    this.#current = { value: newNonce(), since: now };
  }
}

/** Ids that count once, each until a time of its own. */
export class Replays {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();
  #sweepAt = 1000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False where the id was there already. `until`: milliseconds since the Unix epoch. */
  add(id: string, until: number): boolean {
    const now = this.#clock.now();
    if ((this.#until.get(id) ?? 0) > now) {
      return false;
    }
    this.#until.set(id, until);
    if (this.#until.size >= this.#sweepAt) {
      for (const [old, end] of this.#until) {
        if (end <= now) {
          this.#until.delete(old);
        }
      }
      this.#sweepAt = 2 * this.#until.size + 1000;
    }
    return true;
  }
}

function newNonce(): string {
  return randomBytes(24).toString("base64url");
}

function hashOf(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest("base64url");
}

/** RFC 9449 compares without query and fragment, after the usual normalisation of URLs. */
function isSameUrl(claimed: string, called: string): boolean {
  return URL.canParse(claimed) && bare(claimed) === bare(called);
}

function bare(text: string): string {
  const url = new URL(text);
  return url.origin + url.pathname;
}
