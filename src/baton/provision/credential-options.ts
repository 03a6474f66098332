import type { CredentialOptions } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { NewPassword } from "../connector.ts";

/** The password that credential options ask for. `accounts`: what they are for, as the start of a sentence. */
export function passwordOf(
  options: CredentialOptions | undefined,
  accounts = "accounts are created with no password or a random one",
): NewPassword {
  switch (options?.options.case) {
    case "noPassword":
      return { kind: "none" };
    case "randomPassword": {
      const { length, constraints } = options.options.value;
      return {
        kind: "random",
        length: Number(length),
        constraints,
        changeAtNextLogin: options.forceChangeAtNextLogin,
      };
    }
    case "sso":
    case "encryptedPassword":
      throw new Failure({
        kind: "invalidArgument",
        message: `${accounts}, not with ${options.options.case === "sso" ? "single sign-on" : "an encrypted one"}`,
        advice: "give no_password or random_password",
        field: `credential_options.${options.options.case === "sso" ? "sso" : "encrypted_password"}`,
      });
    default:
      throw missing("credential_options");
  }
}

/** The failure that says that a field of a request is not there. */
export function missing(field: string): Failure {
  return new Failure({ kind: "invalidArgument", message: `${field} is missing`, field });
}
