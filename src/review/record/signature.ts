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

/** A compact JWS (RFC 7515, EdDSA) over what is signed. */
export async function sign(signed: Signed, { key, thumbprint }: SigningKey): Promise<string> {
  const { CompactSign } = await import("jose");
  const payload = new TextEncoder().encode(canonicalJson({ ...signed }));
  return await new CompactSign(payload).setProtectedHeader({ alg: "EdDSA", kid: thumbprint }).sign(key);
}

/** What a signature says, where it is one by this key; `undefined` where it is not. */
export async function verified(jws: string, { key }: SigningKey): Promise<Signed | undefined> {
  const { compactVerify } = await import("jose");
  try {
    const { payload } = await compactVerify(jws.trim(), key, { algorithms: ["EdDSA"] });
    return JSON.parse(new TextDecoder().decode(payload)) as Signed;
  } catch {
    return undefined;
  }
}

/** The thumbprint of the key that a signature names; `""` where it names none. */
export function keyNamedIn(jws: string): string {
  try {
    return String(JSON.parse(Buffer.from(jws.trim().split(".")[0]!, "base64url").toString()).kid ?? "");
  } catch {
    return "";
  }
}

function wrong(message: string, cause?: unknown): Failure {
  return new Failure({ kind: "usage", message, advice: "give an Ed25519 key: PEM (PKCS #8) or a JWK", cause });
}
