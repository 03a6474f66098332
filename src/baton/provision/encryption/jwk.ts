import {
  createCipheriv,
  createHash,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { Encrypter, type Recipient, Stanza } from "age-encryption";
import { CompactEncrypt, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { unusable } from "./failure.ts";

/** A public key as a JWK, and how something is encrypted for its holder. */
export interface PublicJwk {
  /** SHA-256 thumbprint (RFC 7638), hex. */
  readonly thumbprint: string;
  readonly encrypt: (plaintext: Uint8Array) => Promise<Uint8Array>;
}

/** Fewer bits than this are refused for RSA, as age and SSH do. */
const RSA_BITS = 2048;

/**
 * Reads a public key (of a private one its public part). An EC key gets a compact JWE (`ECDH-ES`, `A256GCM`), an RSA or
 * Ed25519 key an age file for the same key as an SSH recipient. Throws `invalidArgument` for what is no such key.
 */
export async function readPublicJwk(bytes: Uint8Array): Promise<PublicJwk> {
  const jwk = parsed(bytes);
  switch (jwk.kty) {
    case "EC":
      return await ecKey({ kty: "EC", crv: jwk.crv!, x: jwk.x!, y: jwk.y! });
    case "RSA":
      return await sshKey({ kty: "RSA", n: jwk.n!, e: jwk.e! }, rsaRecipient);
    case "OKP":
      if (jwk.crv !== "Ed25519") throw unusable(`its curve is ${JSON.stringify(jwk.crv)}, not Ed25519`);
      return await sshKey({ kty: "OKP", crv: "Ed25519", x: jwk.x! }, ed25519Recipient);
    default:
      throw unusable("its key type is none of EC, RSA and OKP");
  }
}

function parsed(bytes: Uint8Array): JWK {
  let jwk: unknown;
  try {
    jwk = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw unusable("its pub_key is no JSON", cause);
  }
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) throw unusable("its pub_key is no JWK");
  return jwk as JWK;
}

async function ecKey(jwk: JWK): Promise<PublicJwk> {
  if (!["P-256", "P-384", "P-521"].includes(jwk.crv ?? "")) throw unusable(`its curve is ${JSON.stringify(jwk.crv)}`);
  const key = keyOf(jwk) && (await importJWK(jwk, "ECDH-ES"));
  return {
    thumbprint: await thumbprintOf(jwk),
    encrypt: async (plaintext) =>
      Buffer.from(
        await new CompactEncrypt(plaintext).setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" }).encrypt(key),
      ),
  };
}

async function sshKey(jwk: JWK, recipientOf: (jwk: JWK) => Recipient): Promise<PublicJwk> {
  const recipient = recipientOf(jwk);
  return {
    thumbprint: await thumbprintOf(jwk),
    encrypt: async (plaintext) => {
      const age = new Encrypter();
      age.addRecipient(recipient);
      return await age.encrypt(plaintext);
    },
  };
}

async function thumbprintOf(jwk: JWK): Promise<string> {
  return Buffer.from(await calculateJwkThumbprint(jwk, "sha256"), "base64url").toString("hex");
}

function keyOf(jwk: JWK): KeyObject {
  try {
    return createPublicKey({ key: jwk as never, format: "jwk" });
  } catch (cause) {
    throw unusable("its numbers make no public key", cause);
  }
}

/** Source: age's `agessh`: the file key by RSA-OAEP with SHA-256 and this label. */
function rsaRecipient(jwk: JWK): Recipient {
  const key = keyOf(jwk);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS) {
    throw unusable(`its RSA key has fewer than ${RSA_BITS} bits`);
  }
  const number = (text: string) => mpint(Buffer.from(text, "base64url"));
  const wire = Buffer.concat([field("ssh-rsa"), number(jwk.e!), number(jwk.n!)]);
  const oaepLabel = Buffer.from("age-encryption.org/v1/ssh-rsa");
  return {
    wrapFileKey: (fileKey) => [
      new Stanza(["ssh-rsa", tagOf(wire)], publicEncrypt({ key, oaepHash: "sha256", oaepLabel }, fileKey)),
    ],
  };
}

/**
 * Source: age's `agessh`: X25519 with the key's Montgomery point, multiplied by a tweak that binds the SSH key, and the
 * file key sealed by ChaCha20-Poly1305 under what HKDF-SHA-256 makes of it.
 */
function ed25519Recipient(jwk: JWK): Recipient {
  const key = Buffer.from(jwk.x ?? "", "base64url");
  let theirs: Uint8Array;
  try {
    theirs = ed25519.utils.toMontgomery(key);
  } catch (cause) {
    throw unusable("its x is no point of Ed25519", cause);
  }
  const wire = Buffer.concat([field("ssh-ed25519"), field(key)]);
  const label = "age-encryption.org/v1/ssh-ed25519";
  const hkdf = (secret: Uint8Array, salt: Uint8Array) => Buffer.from(hkdfSync("sha256", secret, salt, label, 32));
  return {
    wrapFileKey(fileKey) {
      const ephemeral = randomBytes(32);
      const ours = x25519.getPublicKey(ephemeral);
      const tweak = hkdf(Buffer.alloc(0), wire);
      const shared = x25519.getSharedSecret(tweak, x25519.getSharedSecret(ephemeral, theirs));
      const wrapping = hkdf(shared, Buffer.concat([ours, theirs]));
      const cipher = createCipheriv("chacha20-poly1305", wrapping, Buffer.alloc(12), { authTagLength: 16 });
      const sealed = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(["ssh-ed25519", tagOf(wire), unpadded(ours)], sealed)];
    },
  };
}

/** The short name of a key in an age file's header. */
function tagOf(wire: Uint8Array): string {
  return unpadded(createHash("sha256").update(wire).digest().subarray(0, 4));
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** A field of SSH's wire format (RFC 4251): its length, then its bytes. */
function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number of SSH's wire format: no leading zeros but one where the first bit is set. */
function mpint(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const number = first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
  return field((number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number);
}
