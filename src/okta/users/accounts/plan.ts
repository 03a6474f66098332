import type { JsonObject, NewPassword } from "../../../baton/connector.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import { randomPassword } from "./password.ts";
import type { WantedAccount } from "./profile.ts";

/** How an account is going to be created. Source: Okta Management API, Create a user. */
export interface AccountPlan {
  readonly login: string;
  readonly profile: JsonObject;
  /** The parameters of the creation. */
  readonly query: Readonly<Record<string, string>>;
  readonly password?: Secret;
  readonly federated: boolean;
  /** It is created staged, and activated in a step of its own so that no email goes out. */
  readonly activate: boolean;
}

/**
 * What to send for what is wanted. Throws a {@link Failure} of kind `invalidArgument` where the wishes contradict each
 * other, or no password can be as it is asked for.
 */
export function planOf(wanted: WantedAccount, asked: NewPassword): AccountPlan {
  const { profile, login, federated, createInactive, sendActivationEmail } = wanted;
  const password = asked.kind === "random" ? passwordFor(wanted, asked) : undefined;
  // Okta can only ask for another password where there is one.
  const changes = asked.kind === "random" && (asked.changeAtNextLogin || wanted.passwordChangeOnLogin);
  if (!createInactive && !sendActivationEmail && changes) {
    const required = wanted.passwordChangeOnLogin ? "password_change_on_login_required" : "force_change_at_next_login";
    throw invalid(
      "send_activation_email",
      `send_activation_email=false cannot be combined with ${required}=true`,
      "leave one of the two out: Okta asks for another password only of a user whom the creation itself activates",
    );
  }
  const staged = createInactive || !sendActivationEmail;
  return {
    profile,
    login,
    federated,
    ...(password && { password }),
    activate: staged && !createInactive,
    query: {
      activate: String(!staged),
      ...(federated && { provider: "true" }),
      ...(changes && !staged && { nextLogin: "changePassword" }),
    },
  };
}

function passwordFor(wanted: WantedAccount, asked: NewPassword & { readonly kind: "random" }): Secret {
  if (wanted.federated) {
    throw invalid(
      "provider_type",
      "provider_type=FEDERATION cannot be combined with a random password",
      "leave the password out: another identity provider signs the user in",
    );
  }
  const { firstName, lastName } = wanted.profile;
  const about = [wanted.login, firstName, lastName].filter((text) => typeof text === "string");
  return randomPassword({ length: asked.length, constraints: asked.constraints, about });
}

function invalid(key: string, message: string, advice: string): Failure {
  return new Failure({ kind: "invalidArgument", message, advice, field: `account_info.profile.${key}` });
}
