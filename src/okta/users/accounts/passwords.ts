import { create } from "@bufbuild/protobuf";
import type { Call, CredentialRotation } from "../../../baton/connector.ts";
import { isObject, text } from "../../../baton/model/values.ts";
import {
  CapabilityDetailCredentialOption,
  CredentialDetailsCredentialRotationSchema,
} from "../../../gen/c1/connector/v2/connector_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { Secret } from "../../../runtime/secrets/secret.ts";
import { segment } from "../../api/paths.ts";
import { confirmed } from "../../api/writes/confirm.ts";
import { mayHaveHappened } from "../../api/writes/write.ts";
import type { Source } from "../../resource/source.ts";
import { userType } from "../../resource/types.ts";
import { DEACTIVATED, type KnownUser, noSuchUser, readUser } from "../lifecycle.ts";
import { explained, reasonOf, wasAbandoned, withDetails } from "./explained.ts";
import { isBetween } from "./lost-creation.ts";
import { randomPassword } from "./password.ts";
import { withoutSecret } from "./without-secret.ts";

/** Tries to set a password whose answers are lost, each after a read that shows that it is not set. */
const TRIES = 3;

/** What has to be done where a password may have been replaced and was given to nobody. */
const AGAIN = "rotate it again: neither the password before nor the new one can be relied on";

/**
 * Replacement of the passwords of users. Source: Okta Management API, Update a user (which sets a password without the one
 * before) and Expire a user's password.
 */
export function createPasswords(source: Source): CredentialRotation {
  const { client, clock } = source;
  const pathOf = (id: string) => `/api/v1/users/${segment(id)}`;

  /** Sets the password, and sees that it is set: Okta answers 200 also where it does nothing. */
  async function replace(user: KnownUser, password: Secret, call: Call): Promise<void> {
    const { id } = user;
    const from = clock.now();
    const body = { credentials: { password: { value: password.reveal() } } };
    let answered = false;
    // The same password twice is the same password: where an answer was lost and nothing came of it, it is sent again.
    for (let tries = 1; !answered; tries++) {
      try {
        await client.send("POST", pathOf(id), call, { body, repeatable: false });
        answered = true;
      } catch (error) {
        if (isFailure(error, "notFound")) throw noSuchUser(id);
        if (wasAbandoned(error)) throw notKnown(id, error);
        if (!mayHaveHappened(error)) throw refused(id, error);
        const isSet = await isReplaced().catch(() => undefined);
        if (isSet) return;
        if (isSet === undefined || tries === TRIES) throw notKnown(id, error);
      }
    }
    const isDone = await confirmed(isReplaced, clock, call).catch((error: unknown) => {
      throw notKnown(id, error);
    });
    if (isDone) return;
    throw new Failure({
      kind: "unavailable",
      message: `Okta took the new password of user ${id}, and does not show that it has changed`,
      attempted: `POST ${pathOf(id)}`,
      advice: AGAIN,
    });

    async function isReplaced(): Promise<boolean> {
      const now = await readUser(source, id, call);
      if (now === undefined) throw noSuchUser(id);
      if (text(now.passwordChanged) === "") return false;
      if (text(now.passwordChanged) !== text(user.passwordChanged)) return true;
      // Where it was replaced a moment ago already, the time may be the same.
      return answered && isBetween(now.passwordChanged, from, clock.now());
    }
  }

  async function expire(id: string, call: Call): Promise<void> {
    try {
      await client.send("POST", `${pathOf(id)}/lifecycle/expire_password`, call, { repeatable: true });
    } catch (error) {
      if (!isFailure(error)) throw error;
      throw withDetails(error, {
        // Clients repeat what is unavailable by themselves, and each time another password would be set.
        kind: error.kind === "unavailable" ? "failedPrecondition" : error.kind,
        message: `the password of user ${id} was replaced, but that it is to be changed at the next sign-in was not taken: ${reasonOf(error)}; nobody was given the new one`,
        advice: AGAIN,
        cause: error,
      });
    }
  }

  return {
    resourceType: userType.id,
    credentials: create(CredentialDetailsCredentialRotationSchema, {
      supportedCredentialOptions: [CapabilityDetailCredentialOption.RANDOM_PASSWORD],
      preferredCredentialOption: CapabilityDetailCredentialOption.RANDOM_PASSWORD,
    }),
    async rotate(id, { length, constraints, changeAtNextLogin }, call) {
      const user = await readUser(source, id, call);
      if (user === undefined) throw noSuchUser(id);
      mustBeOktas(user);
      const { login, firstName, lastName } = isObject(user.profile) ? user.profile : {};
      const about = [login, firstName, lastName].filter((part) => typeof part === "string");
      const password = randomPassword({ length, constraints, about });
      return await withoutSecret(password, call, async (guarded) => {
        if (call.dryRun === true) await client.send("POST", pathOf(id), guarded, { body: {}, repeatable: true });
        else await replace(user, password, guarded);
        if (changeAtNextLogin) await expire(id, guarded);
        return call.dryRun === true ? {} : { password };
      });
    },
  };
}

/** Throws where the user's password is not Okta's to replace, or where nobody could use it. */
function mustBeOktas({ id, status, credentials }: KnownUser): void {
  const provider = isObject(credentials) && isObject(credentials.provider) ? text(credentials.provider.type) : "";
  if (provider !== "OKTA") {
    throw new Failure({
      kind: "failedPrecondition",
      message: `the password of user ${id} is not Okta's to replace: ${provider === "" ? "Okta does not say where it is kept" : `it is kept by ${provider}`}`,
      advice: "replace it there",
    });
  }
  if (status !== DEACTIVATED && text(status) !== "") return;
  throw new Failure({
    kind: "failedPrecondition",
    message: `the password of user ${id} cannot be replaced: the user is ${status === DEACTIVATED ? "deactivated" : "in a status that Okta does not tell"}`,
    advice: "activate the user first",
  });
}

function refused(id: string, error: unknown): unknown {
  return explained(error, `the password of user ${id} is as it was: ${reasonOf(error)}`);
}

function notKnown(id: string, error: unknown): unknown {
  return explained(
    error,
    `whether the password of user ${id} was replaced is not known, and nobody was given the new one: ${reasonOf(error)}`,
    AGAIN,
  );
}
