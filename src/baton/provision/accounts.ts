import type { CreateAccountRequest, EncryptedData, Resource } from "../../gen/c1/connector/v2/resource_pb.ts";
import { Failure } from "../../runtime/failure.ts";
import type { Accounts, Call, Connector } from "../connector.ts";
import { isEmail } from "../model/email.ts";
import { missing, passwordOf } from "./credential-options.ts";
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
