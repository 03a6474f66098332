import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Failure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";

/** A private key as a person gave it. */
export interface PrivateKey {
  readonly key: KeyObject;
  /** The key's id, where it came as a JWK that names one. */
  readonly keyId?: string;
}

const FORMS = "give an RSA private key as PEM, as JWK, or as the path of a file with one of them";

/**
 * Reads an RSA private key: PEM (PKCS#1 or PKCS#8, its newlines real, written as `\n`, or lost), a JWK or JWK set as
 * JSON, or the path of a file that holds one of these. Throws a `usage` {@link Failure} that never quotes the key.
 */
export async function readPrivateKey(given: Secret): Promise<PrivateKey> {
  const text = unquoted(given.reveal());
  if (text === "") {
    throw refuse("the OAuth private key is empty");
  }
  if (isKeyText(text)) {
    return parseKey(text, "the OAuth private key");
  }
  // What is longer than any path is a key that lost its frame: it must not show up in a message.
  if (text.length > 255 || /[\r\n]/.test(text)) {
    throw refuse("the OAuth private key is neither PEM nor JWK");
  }
  let content: string;
  try {
    content = await readFile(text, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw refuse(`the OAuth private key is neither PEM nor JWK, and no file of that name can be read (${code})`);
  }
  const inFile = unquoted(content);
  if (!isKeyText(inFile)) {
    throw refuse("the file named as OAuth private key holds neither PEM nor JWK");
  }
  return parseKey(inFile, "the file named as OAuth private key");
}

function unquoted(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  const quoted = /^(["'])([\s\S]*)\1$/.exec(trimmed);
  return (quoted?.[2] ?? trimmed).trim();
}

function isKeyText(text: string): boolean {
  return text.startsWith("{") || text.includes("-----BEGIN");
}

function parseKey(text: string, what: string): PrivateKey {
  return text.startsWith("{") ? parseJwk(text, what) : { key: checked(parsePem(text, what), what) };
}

function parsePem(text: string, what: string): KeyObject {
  const plain = text.replace(/\\r/g, "").replace(/\\n/g, "\n");
  const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(plain);
  const label = block?.[1] ?? "";
  if (block === null) {
    throw refuse(`${what} is cut off: its END line is missing`);
  }
  if (label.includes("ENCRYPTED") || /Proc-Type:[^\n]*ENCRYPTED/.test(block[2]!)) {
    throw refuse(`${what} is encrypted`, "decrypt it first: openssl pkey -in key.pem -out plain.pem");
  }
  if (!label.endsWith("PRIVATE KEY")) {
    throw refuse(`${what} is a ${label.toLowerCase()}, not a private key`);
  }
  const lines = block[2]!.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  try {
    return createPrivateKey(`-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`);
  } catch {
    throw refuse(`${what} is corrupt: its PEM cannot be read`);
  }
}

function parseJwk(text: string, what: string): PrivateKey {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse(`${what} starts like a JWK, but is no JSON`);
  }
  const { keys } = parsed as { keys?: unknown };
  if (Array.isArray(keys) && keys.length !== 1) {
    throw refuse(`${what} is a set of ${keys.length} JWKs`, "give the one key to sign with");
  }
  const jwk = (Array.isArray(keys) ? keys[0] : parsed) as Record<string, unknown>;
  if (jwk?.kty !== "RSA") {
    throw refuse(`${what} is a JWK, but not of an RSA key`);
  }
  if (jwk.d === undefined) {
    throw refuse(`${what} is the JWK of a public key`, "give the private one: it has a member d");
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    throw refuse(`${what} is corrupt: its JWK cannot be read`);
  }
  return { key: checked(key, what), ...(typeof jwk.kid === "string" && jwk.kid !== "" ? { keyId: jwk.kid } : {}) };
}

function checked(key: KeyObject, what: string): KeyObject {
  if (key.asymmetricKeyType !== "rsa") {
    throw refuse(`${what} is of type ${key.asymmetricKeyType}, Okta is given RS256 signatures`);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 2048) {
    throw refuse(`${what} has ${bits} bits, RS256 takes at least 2048`);
  }
  return key;
}

function refuse(message: string, advice = FORMS): Failure {
  return new Failure({ kind: "usage", message, advice });
}
