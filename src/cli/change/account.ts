import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Json, JsonObject } from "../../baton/connector.ts";
import type { ResourceKey } from "../../baton/model/ids.ts";
import {
  type CreateAccountRequest,
  CreateAccountRequestSchema,
  type EncryptionConfigSchema,
  RotateCredentialRequestSchema,
} from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { ChangeRequest } from "./request.ts";

/** An account as the command line describes it. */
export interface AccountWanted {
  readonly profile: JsonObject;
  /** What fills the profile where it lacks these. */
  readonly fill: Readonly<Record<string, string | undefined>>;
  readonly resourceType?: string | undefined;
  /** For whom a random password is encrypted; without any there is no password, and the person sets one. */
  readonly encryptTo: readonly string[];
  readonly passwordLength?: number | undefined;
}

/** The request that creates the account. Throws a `Failure` of kind `usage` for a key that is none. */
export function accountRequest(wanted: AccountWanted): CreateAccountRequest {
  const profile: Record<string, Json> = { ...wanted.profile };
  for (const [name, value] of Object.entries(wanted.fill)) {
    if (value !== undefined && (profile[name] ?? "") === "") profile[name] = value;
  }
  const encryptionConfigs = wanted.encryptTo.map(encryptionConfig);
  if (encryptionConfigs.length === 0 && wanted.passwordLength !== undefined) {
    throw new Failure({
      kind: "usage",
      message: "--password-length goes with --encrypt-to only",
      advice: "a password is made up only where it can be given to somebody, encrypted",
    });
  }
  return create(CreateAccountRequestSchema, {
    accountInfo: { profile: profile as never },
    credentialOptions: {
      options:
        encryptionConfigs.length === 0
          ? { case: "noPassword", value: {} }
          : { case: "randomPassword", value: { length: BigInt(wanted.passwordLength ?? 0) } },
    },
    encryptionConfigs,
    resourceTypeId: wanted.resourceType ?? "",
  });
}

/** A new password as the command line asks for it. */
export interface RotationWanted {
  readonly account: ResourceKey;
  readonly encryptTo: readonly string[];
  readonly passwordLength?: number | undefined;
  readonly changeAtNextLogin?: boolean;
}

/** The request that replaces a password. Throws a `Failure` where nobody would learn the new one. */
export function rotationRequest(wanted: RotationWanted): ChangeRequest & { kind: "rotate" } {
  if (wanted.encryptTo.length === 0) {
    throw new Failure({
      kind: "failedPrecondition",
      message: "the credentials cannot be rotated: nobody would learn the new password",
      advice: "give --encrypt-to: age1..., or a file with a public key",
    });
  }
  const request = create(RotateCredentialRequestSchema, {
    credentialOptions: {
      options: { case: "randomPassword", value: { length: BigInt(wanted.passwordLength ?? 0) } },
      forceChangeAtNextLogin: wanted.changeAtNextLogin ?? false,
    },
    encryptionConfigs: wanted.encryptTo.map(encryptionConfig),
  });
  return { kind: "rotate", account: wanted.account, request };
}

function encryptionConfig(text: string): MessageInitShape<typeof EncryptionConfigSchema> {
  if (/^age1[a-z0-9]+$/.test(text)) {
    return {
      provider: "baton/age/v1",
      config: { case: "ageRecipientConfig", value: { recipient: text } },
    };
  }
  return { provider: "baton/jwk/v1", config: { case: "jwkPublicKeyConfig", value: { pubKey: publicJwk(text) } } };
}

/** The public key in a file, as a JWK: private parts stay where they are. */
function publicJwk(path: string): Uint8Array<ArrayBuffer> {
  const wrong = (why: string, cause: unknown) =>
    new Failure({
      kind: "usage",
      message: `${path} of --encrypt-to ${why}`,
      advice: "give age1..., or a file with a public key: JWK or PEM (EC, RSA, Ed25519)",
      cause,
    });
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw wrong(`cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown reason"})`, cause);
  }
  try {
    const key = text.startsWith("{")
      ? createPublicKey({ key: JSON.parse(text), format: "jwk" })
      : createPublicKey({ key: text, format: "pem" });
    return Uint8Array.from(Buffer.from(JSON.stringify(key.export({ format: "jwk" }))));
  } catch (cause) {
    throw wrong("holds no public key", cause);
  }
}
