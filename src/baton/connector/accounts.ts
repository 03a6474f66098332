import type {
  ConnectorAccountCreationSchema,
  CredentialDetailsAccountProvisioning,
} from "../../gen/c1/connector/v2/connector_pb.ts";
import type { PasswordConstraint, Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import type { Secret } from "../../runtime/secrets/secret.ts";
import type { Call } from "./call.ts";
import type { JsonObject } from "./json.ts";

/** The password of an account that is created. */
export type NewPassword =
  | { readonly kind: "none" }
  | {
      readonly kind: "random";
      /** Characters; 0 where the caller leaves it open. */
      readonly length: number;
      readonly constraints: readonly PasswordConstraint[];
      readonly changeAtNextLogin: boolean;
    };

/** How creating an account ended. */
export interface CreatedAccount {
  readonly outcome: "created" | "alreadyExists";
  readonly resource: Resource;
  /** The random password, which is given to nobody but in encrypted form. Absent in a rehearsal. */
  readonly password?: Secret;
}

/** Creation of accounts. */
export interface Accounts {
  /** The resource type of what is created. */
  readonly resourceType: string;
  readonly schema: ConnectorAccountCreationSchema;
  readonly credentials: CredentialDetailsAccountProvisioning;
  /**
   * Creates an account from a profile (see `schema`). Throws a {@link Failure}: `invalidArgument` naming the field, or
   * whatever the other side refuses; where something exists already after a failure, the message says what.
   */
  create(profile: JsonObject, password: NewPassword, call: Call): Promise<CreatedAccount>;
}
