import type {
  CreateAccountRequest,
  CredentialOptions,
  EncryptedData,
  Resource,
} from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Accounts, Call, Connector, NewPassword } from "../connector.ts";
import { isEmail } from "../model/email.ts";
import { encryptorsOf } from "./encryption/encrypt.ts";

/** How the creation of an account ended. */
export interface AccountResult {
  readonly outcome: "created" | "alreadyExists";
  readonly resource: Resource;
  /** The random password, once for each encryption config of the request; never in plain. */
  readonly encrypted: readonly EncryptedData[];
}

/**
 * Creates an account. The request is checked as a whole, its encryption configs included, before anything is created.
 * Throws a {@link Failure}: `invalidArgument` naming the field, `unimplemented` for a type that has no accounts.
 */
export async function createAccount(
  connector: Connector,
  request: CreateAccountRequest,
  call: Call,
): Promise<AccountResult> {
  const accounts = accountsOf(connector, request.resourceTypeId);
  if (request.accountInfo === undefined) throw missing("account_info");
  for (const [at, { address }] of request.accountInfo.emails.entries()) {
    if (isEmail(address)) continue;
    const field = `account_info.emails[${at}].address`;
    throw new Failure({ kind: "invalidArgument", message: `${field} is not an email address`, field });
  }
  const profile = request.accountInfo.profile;
  if (profile === undefined) throw missing("account_info.profile");
  const password = passwordOf(request.credentialOptions);
  const encryptors = await encryptorsOf(password.kind === "random" ? request.encryptionConfigs : []);
  const created = await accounts.create(profile, password, call);
  const secret = created.password;
  return {
    outcome: created.outcome,
    resource: created.resource,
    encrypted:
      secret === undefined ? [] : await Promise.all(encryptors.map((encrypt) => encrypt(secret, { name: "password" }))),
  };
}

function accountsOf(connector: Connector, type: string): Accounts {
  const { accounts } = connector;
  if (accounts !== undefined && (type === "" || type === accounts.resourceType)) return accounts;
  throw new Failure({
    kind: "unimplemented",
    message: type === "" ? "accounts cannot be created" : `accounts of type ${JSON.stringify(type)} cannot be created`,
    ...(accounts === undefined ? {} : { advice: `name the type ${accounts.resourceType}, or none` }),
  });
}

/** The password that the credential options ask for. */
function passwordOf(options: CredentialOptions | undefined): NewPassword {
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
        message: `accounts are created with no password or a random one, not with ${options.options.case === "sso" ? "single sign-on" : "an encrypted one"}`,
        advice: "give no_password or random_password",
        field: `credential_options.${options.options.case === "sso" ? "sso" : "encrypted_password"}`,
      });
    default:
      throw missing("credential_options");
  }
}

function missing(field: string): Failure {
  return new Failure({ kind: "invalidArgument", message: `${field} is missing`, field });
}
