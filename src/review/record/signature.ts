import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure } from "../../runtime/failure.ts";
import { canonicalJson } from "./canonical.ts";

/** What a signature covers: the review, a place in its journal, and the files that are whole by then. */
export interface Signed {
  readonly review: string;
  readonly what: "started" | "closed";
  readonly records: number;
  readonly sha256: string;
}

/** A key that evidence is signed with, or checked by. */
export interface SigningKey {
  readonly key: KeyObject;
  /** RFC 7638: the same for the private and the public half. */
  readonly thumbprint: string;
}

/** Reads an Ed25519 key: PEM, or a JWK. Throws a {@link Failure} of kind `usage`. */
export async function readKey(path: string, half: "private" | "public"): Promise<SigningKey> {
  let key: KeyObject;
  try {
    const text = readFileSync(path, "utf8");
    key = text.trimStart().startsWith("{") ? fromJwk(JSON.parse(text), half) : fromPem(text, half);
  } catch (cause) {
    throw wrong(`the key ${path} cannot be read: ${(cause as Error).message}`, cause);
  }
  if (key.asymmetricKeyType !== "ed25519") throw wrong(`the key ${path} is no Ed25519 key`);
  return await signingKey(key);
}

async function signingKey(key: KeyObject): Promise<SigningKey> {
  const { calculateJwkThumbprint } = await import("jose");
  const { kty, crv, x } = key.export({ format: "jwk" });
  return { key, thumbprint: await calculateJwkThumbprint({ kty: kty!, crv: crv!, x: x! }) };
}

function fromJwk(jwk: Record<string, unknown>, half: "private" | "public"): KeyObject {
  if (half === "private") return createPrivateKey({ key: jwk as never, format: "jwk" });
  const { d: _, ...open } = jwk;
  return createPublicKey({ key: open as never, format: "jwk" });
}

function fromPem(text: string, half: "private" | "public"): KeyObject {
  // Of a private key the public half is taken.
  return half === "private" ? createPrivateKey(text) : createPublicKey(text);
}

/**
 * A compact JWS (RFC 7515, EdDSA) over what is signed. It carries the public key (`jwk`), so that it can be checked without
 * another file; whose key that is has to be known from elsewhere.
 */
export async function sign(signed: Signed, { key, thumbprint }: SigningKey): Promise<string> {
  const { CompactSign } = await import("jose");
  const payload = new TextEncoder().encode(canonicalJson({ ...signed }));
  const { kty, crv, x } = createPublicKey(key).export({ format: "jwk" });
  const header = { alg: "EdDSA", kid: thumbprint, jwk: { kty: kty!, crv: crv!, x: x! } };
  return await new CompactSign(payload).setProtectedHeader(header).sign(key);
}

/** A signature as it stands in its file. */
export interface FoundSignature {
  /** The thumbprint of the key that it names; empty where it names none. */
  readonly kid: string;
  /** The key that it carries; absent where it carries none. */
  readonly carried: SigningKey | undefined;
  /** What it says, whether or not it is a signature; absent where it says nothing. */
  readonly says: Partial<Signed> | undefined;
  readonly jws: string;
}

/** Reads the file of a signature; `undefined` where it holds anything else, or the same spelled in another way. */
export async function readSignature(text: string): Promise<FoundSignature | undefined> {
  const jws = text.slice(0, -1);
  const parts = jws.split(".");
  const isExact = parts.every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
  if (!text.endsWith("\n") || parts.length !== 3 || !isExact) return undefined;
  const [header, payload] = parts.map((part) => jsonIn(part));
  const { alg, kid = "", jwk, ...more } = header ?? {};
  const carried = await keyIn(jwk);
  const isKnown = alg === "EdDSA" && Object.keys(more).length === 0 && (jwk === undefined || carried !== undefined);
  return isKnown ? { kid: String(kid), carried, says: payload, jws } : undefined;
}

function jsonIn(part: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function keyIn(jwk: unknown): Promise<SigningKey | undefined> {
  try {
    return await signingKey(fromJwk(jwk as Record<string, unknown>, "public"));
  } catch {
    return undefined;
  }
}

/** Whether a signature is one by this key. */
export async function isSignedBy({ jws }: FoundSignature, { key }: SigningKey): Promise<boolean> {
  const { compactVerify } = await import("jose");
  return await compactVerify(jws, key, { algorithms: ["EdDSA"] }).then(
    () => true,
    () => false,
  );
}

function wrong(message: string, cause?: unknown): Failure {
  return new Failure({ kind: "usage", message, advice: "give an Ed25519 key: PEM (PKCS #8) or a JWK", cause });
}
