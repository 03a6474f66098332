import type { Action, Call } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import { ActionType } from "../../../gen/c1/connector/v2/action_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { actionSchema, messageResults, required, textField, userField } from "../../actions/fields.ts";
import { results } from "../../actions/results.ts";
import type { Source } from "../../resource/source.ts";
import { userType } from "../../resource/types.ts";
import { reasonOf } from "../accounts/explained.ts";
import { transit } from "../accounts/transition.ts";
import { deactivate, deleteKnown, noSuchUser } from "../lifecycle.ts";
import { DISABLED, ENABLED } from "../users.ts";
import { findUser, userNameIn } from "./ids.ts";

/** Okta's code for a state from which there is no such transition, as seen of suspending. */
const WRONG_STATE = "E0000028";

const user_id = required(textField("user_id", "User ID", "The Okta id of the user, or the login"));

/** Lets a user sign in: unsuspends or activates, whichever it takes. */
export function enableUser(source: Source): Action {
  return {
    schema: actionSchema({
      name: "enable_user",
      description: "Lets a user sign in again: unsuspends a suspended user, activates a staged one without an email",
      arguments: [user_id],
      returnTypes: messageResults,
      actionType: [ActionType.ACCOUNT, ActionType.ACCOUNT_ENABLE],
    }),
    async run(args, call) {
      const { id, status } = await stateOf(source, userNameIn(args, "user_id"), call);
      if (ENABLED.has(status)) return results(call, { message: `user ${id} was enabled already (${status})` });
      if (status !== "SUSPENDED" && status !== "STAGED") {
        throw forbidden(
          `user ${id} cannot be enabled: its status is ${status || "not known"}`,
          status === "DEPROVISIONED" ? "activate the user in Okta, which sets it up anew" : "look at the user in Okta",
        );
      }
      await transit(source, id, status === "SUSPENDED" ? "unsuspend" : "activate", call);
      return results(call, { message: `user ${id} ${did(call, "enabled")} (was ${status})` });
    },
  };
}

/** Keeps a user from signing in, and everything else as it is. */
export function disableUser(source: Source): Action {
  return {
    schema: actionSchema({
      name: "disable_user",
      description: "Suspends a user, who cannot sign in until enabled again; groups and apps stay as they are",
      arguments: [user_id],
      returnTypes: messageResults,
      actionType: [ActionType.ACCOUNT, ActionType.ACCOUNT_DISABLE],
    }),
    async run(args, call) {
      const { id, status } = await stateOf(source, userNameIn(args, "user_id"), call);
      if (DISABLED.has(status)) return results(call, { message: `user ${id} was disabled already (${status})` });
      if (!ENABLED.has(status)) {
        throw forbidden(`user ${id} cannot be disabled: its status is ${status || "not known"}`, "look at it in Okta");
      }
      try {
        await transit(source, id, "suspend", call);
      } catch (error) {
        if (!isFailure(error) || error.answer?.code !== WRONG_STATE) throw error;
        throw forbidden(
          `Okta does not suspend user ${id}, whose status is ${status}: ${reasonOf(error)}`,
          "Okta suspends ACTIVE users only: wait until the user is, or use the action deactivate_user",
          error,
        );
      }
      return results(call, { message: `user ${id} ${did(call, "suspended")} (was ${status})` });
    },
  };
}

/** Takes everything from a user, who is kept. */
export function deactivateUserAction(source: Source): Action {
  return {
    schema: actionSchema({
      name: "deactivate_user",
      displayName: "Deactivate User",
      description: "Deactivates a user without an email: all apps, groups and roles are taken away, the user is kept",
      arguments: [userField],
      returnTypes: messageResults,
      actionType: [ActionType.RESOURCE_DISABLE],
      resourceTypeId: userType.id,
    }),
    async run(args, call) {
      const named = userNameIn(args, "user_id");
      const user = await findUser(source, named, call);
      if (user === undefined) throw noSuchUser(named);
      const { id } = user;
      const { already } = await deactivate(source, user, call);
      const message = already ? `user ${id} was deactivated already` : `user ${id} ${did(call, "deactivated")}`;
      return results(call, { message });
    },
  };
}

/** Removes a user for good. */
export function deleteUserAction(source: Source): Action {
  return {
    schema: actionSchema({
      name: "delete_user",
      displayName: "Delete User",
      description: "Deactivates a user and then deletes it, which cannot be undone",
      arguments: [userField],
      returnTypes: messageResults,
      actionType: [ActionType.RESOURCE_DELETE],
      resourceTypeId: userType.id,
    }),
    async run(args, call) {
      const named = userNameIn(args, "user_id");
      const user = await findUser(source, named, call);
      const id = user?.id ?? named;
      const { already } = await deleteKnown(source, user, call);
      const message = already ? `user ${id} was deleted already` : `user ${id} ${did(call, "deleted")}`;
      return results(call, { message });
    },
  };
}

async function stateOf(source: Source, named: string, call: Call): Promise<{ id: string; status: string }> {
  const user = await findUser(source, named, call);
  if (user === undefined) throw noSuchUser(named);
  return { id: user.id, status: text(user.status) };
}

function did(call: Call, what: string): string {
  return call.dryRun === true ? `would be ${what}; nothing was changed` : `has been ${what}`;
}

function forbidden(message: string, advice: string, refusal?: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message,
    advice,
    ...(refusal?.attempted !== undefined && { attempted: refusal.attempted }),
    ...(refusal?.answer && { answer: refusal.answer }),
    ...(refusal && { cause: refusal }),
  });
}
