import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  type EncryptedData,
  EncryptedDataSchema,
  type EncryptionConfig,
} from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import { unusable } from "./failure.ts";

/** What is encrypted, besides the secret itself. */
export interface SecretLabel {
  readonly name: string;
  readonly description?: string;
  readonly schema?: string;
}

/** Encrypts a secret for the one recipient that it was made for. */
export type Encrypt = (secret: Secret, label: SecretLabel) => Promise<EncryptedData>;

const JWK = "baton/jwk/v1";
const AGE = "baton/age/v1";

/**
 * Reads the recipients of secrets. Every one is proven usable by encrypting something that is thrown away, as it is too
 * late to find out once an account is there. Throws a {@link Failure} of kind `invalidArgument` that says which is not.
 */
export async function encryptorsOf(configs: readonly EncryptionConfig[]): Promise<Encrypt[]> {
  return await Promise.all(
    configs.map(async (config, i) => {
      try {
        const encrypt = await encryptorOf(config);
        await encrypt({ reveal: () => "probe" } as Secret, { name: "probe" });
        return encrypt;
      } catch (cause) {
        throw new Failure({
          kind: "invalidArgument",
          message: `encryption_configs[${i}] cannot be used: ${cause instanceof Failure ? cause.message : "the key is refused"}`,
          advice: "give a public key: a JWK (EC, RSA of 2,048 bits or more, Ed25519) or an age recipient",
          cause,
        });
      }
    }),
  );
}

async function encryptorOf(config: EncryptionConfig): Promise<Encrypt> {
  const named = config.provider.trim().toLowerCase();
  const provider =
    named || { jwkPublicKeyConfig: JWK, ageRecipientConfig: AGE, none: "" }[config.config.case ?? "none"];
  switch (provider) {
    case JWK:
    // A name that the original takes for the same.
    case `${JWK}/private`:
      if (config.config.case !== "jwkPublicKeyConfig") throw unusable("it has no jwk_public_key_config");
      return await jwkEncryptor(config.config.value.pubKey);
    case AGE:
      if (config.config.case !== "ageRecipientConfig") throw unusable("it has no age_recipient_config");
      return ageEncryptor(config.config.value.recipient);
    default:
      throw unusable(provider === "" ? "it names no provider" : `there is no provider ${JSON.stringify(named)}`);
  }
}

async function jwkEncryptor(bytes: Uint8Array): Promise<Encrypt> {
  const { readPublicJwk } = await import("./jwk.ts");
  const { thumbprint, encrypt } = await readPublicJwk(bytes);
  return async (secret, label) => {
    const ciphertext = await encrypt(Buffer.from(secret.reveal()));
    return create(EncryptedDataSchema, {
      ...label,
      provider: JWK,
      keyId: thumbprint,
      keyIds: [thumbprint],
      encryptedBytes: Buffer.from(Buffer.from(ciphertext).toString("base64")),
    });
  };
}

function ageEncryptor(recipient: string): Encrypt {
  const keyId = createHash("sha256").update(recipient).digest("hex");
  return async (secret, label) => {
    const { Encrypter } = await import("age-encryption");
    const age = new Encrypter();
    try {
      age.addRecipient(recipient);
    } catch (cause) {
      throw unusable("its recipient is no age recipient (age1...)", cause);
    }
    const encryptedBytes = await age.encrypt(Buffer.from(secret.reveal()));
    return create(EncryptedDataSchema, { ...label, provider: AGE, keyIds: [keyId], encryptedBytes });
  };
}
