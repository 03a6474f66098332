import type { CredentialDetailsCredentialRotation } from "../../gen/c1/connector/v2/connector_pb.ts";
import type { Secret } from "../../runtime/secrets/secret.ts";
import type { NewPassword } from "./accounts.ts";
import type { Call } from "./call.ts";

/** What came of the replacement of a credential. */
export interface RotatedCredential {
  /** The new password, which is given to nobody but in encrypted form. Absent in a rehearsal. */
  readonly password?: Secret;
}

/** Replacement of the passwords of accounts. */
export interface CredentialRotation {
  /** The resource type of the accounts. */
  readonly resourceType: string;
  readonly credentials: CredentialDetailsCredentialRotation;
  /**
   * Gives an account another password, at random, after which the one before does not work any more. Throws a
   * {@link Failure}: `notFound`, `failedPrecondition` (an account whose password is kept elsewhere, or is not to be
   * replaced), `invalidArgument` naming the field; where it is not known what stands after a failure, the message says so.
   */
  rotate(id: string, password: NewPassword & { readonly kind: "random" }, call: Call): Promise<RotatedCredential>;
}
