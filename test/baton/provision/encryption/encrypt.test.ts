import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { Decrypter, generateIdentity, type Identity, identityToRecipient } from "age-encryption";
import { compactDecrypt, importJWK, type JWK } from "jose";
import { describe, expect, it } from "vitest";
import { encryptorsOf } from "../../../../src/baton/provision/encryption/encrypt.ts";
import { EncryptionConfigSchema } from "../../../../src/gen/c1/connector/v2/resource_pb.ts";
import { Secret } from "../../../../src/runtime/secrets/secret.ts";

const secret = new Secret("p4ssw0rd é");

async function encrypted(init: MessageInitShape<typeof EncryptionConfigSchema>) {
  const [encrypt] = await encryptorsOf([create(EncryptionConfigSchema, init)]);
  return await encrypt!(secret, { name: "password" });
}

const jwkConfig = (jwk: object, provider = "baton/jwk/v1") => ({
  provider,
  config: { case: "jwkPublicKeyConfig" as const, value: { pubKey: Buffer.from(JSON.stringify(jwk)) } },
});

/** The private half of an SSH recipient, written from the format's description. */
function sshIdentity(key: KeyObject): Identity {
  const jwk = key.export({ format: "jwk" });
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] === "ssh-rsa") {
          const oaepLabel = Buffer.from("age-encryption.org/v1/ssh-rsa");
          return privateDecrypt({ key, oaepHash: "sha256", oaepLabel }, body);
        }
        if (args[0] === "ssh-ed25519") return unwrapEd25519(jwk, Buffer.from(args[2]!, "base64"), body);
      }
      return null;
    },
  };
}

function unwrapEd25519(jwk: JWK, share: Buffer, body: Uint8Array): Uint8Array {
  const seed = Buffer.from(jwk.d!, "base64url");
  const pub = Buffer.from(jwk.x!, "base64url");
  const name = Buffer.from("ssh-ed25519");
  const length = (bytes: Uint8Array) => Buffer.from([0, 0, 0, bytes.length]);
  const wire = Buffer.concat([length(name), name, length(pub), pub]);
  const info = "age-encryption.org/v1/ssh-ed25519";
  const scalar = createHash("sha512").update(seed).digest().subarray(0, 32);
  const tweak = Buffer.from(hkdfSync("sha256", Buffer.alloc(0), wire, info, 32));
  const shared = x25519.getSharedSecret(tweak, x25519.getSharedSecret(scalar, share));
  const ours = ed25519.utils.toMontgomery(pub);
  const wrapping = Buffer.from(hkdfSync("sha256", shared, Buffer.concat([share, ours]), info, 32));
  const decipher = createDecipheriv("chacha20-poly1305", wrapping, Buffer.alloc(12), { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(-16));
  return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]);
}

async function opened(file: Uint8Array, key: KeyObject): Promise<string> {
  const age = new Decrypter();
  age.addIdentity(sshIdentity(key));
  return await age.decrypt(file, "text");
}

interface Vector {
  key: JWK;
  thumbprint: string;
  plaintext: string;
  file: string;
}

/** Files that age's Go implementation encrypted to SSH keys, and the thumbprints that go-jose gives these. */
const vectors: Vector[] = JSON.parse(readFileSync(new URL("age-ssh-vectors.json", import.meta.url), "utf8"));

describe("a secret for a JWK", () => {
  it.each(vectors)("of type $key.kty is an age file for the same key in SSH", async ({ key, ...vector }) => {
    const privateKey = createPrivateKey({ key, format: "jwk" });
    // What reads a file of the Go implementation reads ours: neither side was written to fit the other.
    expect(await opened(Buffer.from(vector.file, "base64"), privateKey)).toBe(vector.plaintext);
    const data = await encrypted(jwkConfig(key));
    expect(await opened(Buffer.from(Buffer.from(data.encryptedBytes).toString(), "base64"), privateKey)).toBe(
      secret.reveal(),
    );
    expect(data).toMatchObject({
      provider: "baton/jwk/v1",
      keyId: vector.thumbprint,
      keyIds: [vector.thumbprint],
      name: "password",
    });
  });

  it.each(["P-256", "P-384", "P-521"])("on %s is a compact JWE", async (namedCurve) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
    const data = await encrypted(jwkConfig(publicKey.export({ format: "jwk" })));
    const jwe = Buffer.from(Buffer.from(data.encryptedBytes).toString(), "base64").toString();
    const { plaintext, protectedHeader } = await compactDecrypt(
      jwe,
      await importJWK(privateKey.export({ format: "jwk" }), "ECDH-ES"),
    );
    expect(Buffer.from(plaintext).toString()).toBe(secret.reveal());
    expect(protectedHeader).toMatchObject({ alg: "ECDH-ES", enc: "A256GCM" });
  });

  it("takes what surrounds the key in a JWK, and no provider where the config says which", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k", use: "sig", alg: "ES256", key_ops: ["verify"] };
    await encrypted(jwkConfig(jwk, ""));
    await encrypted(jwkConfig(jwk, " Baton/JWK/v1 "));
    await encrypted(jwkConfig(jwk, "baton/jwk/v1/private"));
  });

  it("wraps keys of sizes whose body ends on a full line", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
    const data = await encrypted(jwkConfig(publicKey.export({ format: "jwk" })));
    expect(await opened(Buffer.from(Buffer.from(data.encryptedBytes).toString(), "base64"), privateKey)).toBe(
      secret.reveal(),
    );
  });
});

describe("a secret for an age recipient", () => {
  it("is a binary age file", async () => {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const data = await encrypted({ config: { case: "ageRecipientConfig", value: { recipient } } });
    const age = new Decrypter();
    age.addIdentity(identity);
    expect(await age.decrypt(data.encryptedBytes, "text")).toBe(secret.reveal());
    const keyIds = [createHash("sha256").update(recipient).digest("hex")];
    expect(data).toMatchObject({ provider: "baton/age/v1", keyId: "", keyIds });
  });
});

describe("a recipient that cannot be used", () => {
  const ed = vectors.find(({ key }) => key.kty === "OKP")!.key;
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const x = (jwk: object) => jwkConfig(jwk);
  it.each([
    ["no provider and no config", {}, "names no provider"],
    ["an unknown provider", { provider: "baton/pgp/v1" }, 'no provider "baton/pgp/v1"'],
    ["a config of the other provider", { ...x(ed), provider: "baton/age/v1" }, "no age_recipient_config"],
    ["no JSON", { config: { case: "jwkPublicKeyConfig", value: { pubKey: Buffer.from("{") } } }, "no JSON"],
    ["a list", x([]), "no JWK"],
    ["a symmetric key", x({ kty: "oct", k: "AAAA" }), "none of EC, RSA and OKP"],
    ["another curve", x({ kty: "OKP", crv: "X25519", x: ed.x }), "not Ed25519"],
    ["a curve that JOSE does not encrypt with", x({ kty: "EC", crv: "secp256k1", x: ed.x, y: ed.x }), "curve"],
    ["a point that is not on its curve", x({ kty: "EC", crv: "P-256", x: ed.x, y: ed.x }), "no public key"],
    [
      "no point of Ed25519",
      x({ kty: "OKP", crv: "Ed25519", x: Buffer.alloc(32, 2).toString("base64url") }),
      "no point",
    ],
    ["a short point", x({ kty: "OKP", crv: "Ed25519", x: "AAAA" }), "no point"],
    ["half of a key", x({ kty: "RSA", e: "AQAB" }), "no public key"],
    ["a small RSA key", x(small), "fewer than 2048 bits"],
    ["no age recipient", { config: { case: "ageRecipientConfig", value: { recipient: "age1nope" } } }, "age1..."],
    ["no recipient", { config: { case: "ageRecipientConfig", value: { recipient: "" } } }, "age1..."],
  ] as [string, MessageInitShape<typeof EncryptionConfigSchema>, string][])("is refused: %s", async (_, init, why) => {
    await expect(encrypted(init)).rejects.toMatchObject({
      kind: "invalidArgument",
      message: expect.stringMatching(/^encryption_configs\[0\] cannot be used: /),
    });
    await expect(encrypted(init)).rejects.toThrow(why);
  });
});
