import type { EncryptedData, RotateCredentialRequest } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Call, Connector } from "../connector.ts";
import type { ResourceKey } from "../model/ids.ts";
import { missing, passwordOf } from "./credential-options.ts";
import { encryptorsOf } from "./encryption/encrypt.ts";

/** What is asked for besides whose credential it is. */
export type RotationAsked = Pick<RotateCredentialRequest, "credentialOptions" | "encryptionConfigs">;

/** How the rotation of a credential ended. */
export interface RotationResult {
  readonly resource: ResourceKey;
  /** The new password, once for each encryption config of the request; never in plain. Empty in a rehearsal. */
  readonly encrypted: readonly EncryptedData[];
}

/**
 * Replaces the password of an account. The request is checked as a whole, its encryption configs included, before anything
 * is changed. Throws a {@link Failure}: `invalidArgument` naming the field, `unimplemented` for a type whose credentials
 * are not rotated, and what the connector throws.
 */
export async function rotateCredential(
  connector: Connector,
  resource: ResourceKey,
  { credentialOptions, encryptionConfigs }: RotationAsked,
  call: Call,
): Promise<RotationResult> {
  const { credentials } = connector;
  if (credentials?.resourceType !== resource.type) throw cannotRotate(connector, resource.type);
  const password = passwordOf(credentialOptions, "a password is replaced by a random one");
  if (password.kind !== "random") {
    throw new Failure({
      kind: "invalidArgument",
      message: "a password is replaced by a random one, not by none",
      field: "credential_options.no_password",
    });
  }
  if (encryptionConfigs.length === 0) throw missing("encryption_configs");
  const encryptors = await encryptorsOf(encryptionConfigs);
  const { password: secret } = await credentials.rotate(resource.id, password, call);
  const encrypted =
    secret === undefined ? [] : await Promise.all(encryptors.map((encrypt) => encrypt(secret, { name: "password" })));
  return { resource, encrypted };
}

/** The failure that says that the credentials of a type are not rotated, and what it takes where it could be. */
export function cannotRotate({ credentials, passwords }: Connector, type: string): Failure {
  const needsLedger = credentials === undefined && passwords?.resourceType === type;
  return new Failure({
    kind: "unimplemented",
    message: `credentials of type ${JSON.stringify(type)} cannot be rotated${needsLedger ? " without a ledger, which says whose may be" : ""}`,
    ...(needsLedger && { advice: "give --lease-store, and make accounts with it: only their passwords are replaced" }),
  });
}
