import { createHash, generateKeyPair as generateKeyPairCallback, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK, SignJWT } from "jose";

const generateKeyPair = promisify(generateKeyPairCallback);

/** What a proof is about. */
export interface ProofSubject {
  readonly method: string;
  /** The URL without query and fragment. */
  readonly url: string;
  /** Milliseconds since the Unix epoch, by the server's clock. */
  readonly now: number;
  readonly nonce?: string | undefined;
  /** The access token that the proof goes with; absent at the token endpoint. */
  readonly accessToken?: string | undefined;
}

/** Signs DPoP proofs (RFC 9449) with a key that lives as long as the process. */
export interface ProofSigner {
  sign(subject: ProofSubject): Promise<string>;
}

/** Makes a signer with a fresh key. ES256, since a proof goes with every request and RS256 signs twenty times slower. */
export async function createProofSigner(): Promise<ProofSigner> {
  const { privateKey, publicKey } = await generateKeyPair("ec", { namedCurve: "P-256" });
  const jwk = await exportJWK(publicKey);
  const hashes = new TokenHash();
  return { sign: (subject) => sign(subject, privateKey, jwk, hashes) };
}

function sign(subject: ProofSubject, key: KeyObject, jwk: JWK, hashes: TokenHash): Promise<string> {
  const { accessToken, nonce } = subject;
  return new SignJWT({
    htm: subject.method,
    htu: subject.url,
    ...(nonce === undefined ? {} : { nonce }),
    ...(accessToken === undefined ? {} : { ath: hashes.of(accessToken) }),
  })
    .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
    .setIssuedAt(Math.floor(subject.now / 1000))
    .setJti(randomUUID())
    .sign(key);
}

/** The hash of the token used last: it is the same for an hour of requests. */
class TokenHash {
  #token = "";
  #hash = "";

  of(token: string): string {
    if (token !== this.#token) {
      this.#token = token;
      this.#hash = createHash("sha256").update(token).digest("base64url");
    }
    return this.#hash;
  }
}
