import type { Accounts, Call, CreatedAccount, JsonObject, NewPassword } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import type { Resource } from "../../../gen/c1/connector/v2/resource_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import type { OktaUser } from "../../api/json/objects.ts";
import { mayHaveHappened } from "../../api/writes/write.ts";
import type { Source } from "../../resource/source.ts";
import { userType } from "../../resource/types.ts";
import type { KnownUser } from "../lifecycle.ts";
import { ENABLED, userResource } from "../users.ts";
import { known, userByLogin } from "./by-login.ts";
import { explained, reasonOf, wasAbandoned, withDetails } from "./explained.ts";
import { afterLostCreation } from "./lost-creation.ts";
import { type AccountPlan, planOf } from "./plan.ts";
import { readProfile } from "./profile.ts";
import { accountCredentials, accountSchema } from "./schema.ts";
import { notReached, seen, sendTransition } from "./transition.ts";
import { withoutSecret } from "./without-secret.ts";

const USERS = "/api/v1/users";

/** What came of a creation: the user that it made, or whoever has the login already. */
type Posted = { readonly user: KnownUser; readonly isOurs: true } | { readonly user: OktaUser; readonly isOurs: false };

/** Creation of users. */
export function createAccounts(source: Source): Accounts {
  const { client, clock, options } = source;
  const resourceOf = (user: OktaUser): Resource => userResource(user, options.skipSecondaryEmails);
  const existing = (user: OktaUser): CreatedAccount => ({ outcome: "alreadyExists", resource: resourceOf(user) });

  /** The user that Okta made, or who has the login already. */
  async function post(plan: AccountPlan, call: Call): Promise<Posted> {
    const from = clock.now();
    const path = `${USERS}?${new URLSearchParams(plan.query)}`;
    try {
      const body = { profile: plan.profile, ...credentialsOf(plan) };
      const user = known(await client.send<OktaUser>("POST", path, call, { body, repeatable: false }));
      if (user !== undefined) return { user, isOurs: true };
      throw new Failure({ kind: "internal", message: "Okta's answer names no user", attempted: `POST ${USERS}` });
    } catch (error) {
      if (isDuplicateLogin(error)) return { user: await holder(plan.login, call), isOurs: false };
      if (wasAbandoned(error)) {
        throw explained(
          error,
          `${reasonOf(error)}; whether the user was created is not known`,
          "look for the login in Okta before creating it again",
        );
      }
      if (!mayHaveHappened(error)) throw error;
      const { profile, login } = plan;
      return await afterLostCreation(source, { profile, login, from, to: clock.now(), error }, call);
    }
  }

  /** Who has a login that is taken; nobody but the login is known where the user cannot be read. */
  async function holder(login: string, call: Call): Promise<OktaUser> {
    let why = "Okta shows nobody who has it";
    try {
      const user = await userByLogin(source, login, call);
      if (user !== undefined) return user;
    } catch (error) {
      if (wasAbandoned(error)) throw error;
      why = reasonOf(error);
    }
    source.log.warn("a user with the login exists already, but could not be read", { reason: why });
    return { profile: { login, displayName: login } };
  }

  async function activate(user: KnownUser, plan: AccountPlan, call: Call): Promise<OktaUser> {
    const failed = (error: Failure) => {
      const password = plan.password === undefined ? "" : "; nobody was given its password, so it needs a new one";
      return withDetails(error, {
        // Clients repeat what is unavailable by themselves, and would then hear no more than that the login is taken.
        kind: error.kind === "unavailable" ? "failedPrecondition" : error.kind,
        message: `user ${user.id} was created and is staged, but could not be activated: ${reasonOf(error)}${password}`,
        advice: "activate it with the action enable_user, or delete it before creating it again",
        cause: error,
      });
    };
    try {
      if (!ENABLED.has(text(user.status))) await sendTransition(source, user.id, "activate", call);
    } catch (error) {
      throw isFailure(error) ? failed(error) : error;
    }
    let after: Awaited<ReturnType<typeof seen>>;
    try {
      after = await seen(source, user.id, "activate", call);
    } catch (error) {
      source.log.warn("a user was created and activated, but could not be read afterwards", {
        user: user.id,
        reason: reasonOf(error),
      });
      // It is staged no more, and what it is instead has not been seen.
      return { ...user, status: "" };
    }
    if (!after.reached) throw failed(notReached(user.id, "activate", text(after.user.status)));
    return after.user;
  }

  async function rehearse(plan: AccountPlan, call: Call): Promise<CreatedAccount> {
    const user = await userByLogin(source, plan.login, call);
    if (user !== undefined) return existing(user);
    await client.send("POST", USERS, call, { body: { profile: plan.profile }, repeatable: false });
    if (plan.activate) call.audit?.({ phase: "planned", request: `POST ${USERS}/{new user}/lifecycle/activate` });
    return { outcome: "created", resource: resourceOf({ profile: plan.profile }) };
  }

  return {
    resourceType: userType.id,
    schema: accountSchema,
    credentials: accountCredentials,
    async create(profile: JsonObject, password: NewPassword, call: Call) {
      const plan = planOf(readProfile(profile), password);
      if (call.dryRun === true) return rehearse(plan, call);
      return withoutSecret(plan.password, call, async (guarded) => {
        const posted = await post(plan, guarded);
        if (!posted.isOurs) return existing(posted.user);
        const made = plan.activate ? await activate(posted.user, plan, guarded) : posted.user;
        return {
          outcome: "created",
          resource: resourceOf(made),
          ...(plan.password !== undefined && { password: plan.password }),
        };
      });
    },
  };
}

/** The password leaves the program here, and nowhere else in the clear. */
function credentialsOf({ password, federated }: { readonly password?: Secret; readonly federated: boolean }): object {
  if (password !== undefined) return { credentials: { password: { value: password.reveal() } } };
  return federated ? { credentials: { provider: { type: "FEDERATION", name: "FEDERATION" } } } : {};
}

/** Whether Okta refused a creation because the login is taken: 400 `E0000001` with a cause that says so of `login`. */
function isDuplicateLogin(error: unknown): boolean {
  if (!isFailure(error) || error.answer?.code !== "E0000001") return false;
  return /(?:^|; )login: [^;]*already exists/i.test(error.answer.summary ?? "");
}
