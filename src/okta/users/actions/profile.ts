import type { Action, Call, JsonObject } from "../../../baton/connector.ts";
import { isObject } from "../../../baton/model/values.ts";
import { ActionType } from "../../../gen/c1/connector/v2/action_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import {
  actionSchema,
  type FieldInit,
  required,
  resourceResults,
  textField,
  textResults,
  userField,
} from "../../actions/fields.ts";
import { resourceResult, results } from "../../actions/results.ts";
import type { OktaUser } from "../../api/json/objects.ts";
import { segment } from "../../api/paths.ts";
import { sendOnce } from "../../api/writes/lost-answer.ts";
import type { Source } from "../../resource/source.ts";
import { userType } from "../../resource/types.ts";
import { known } from "../accounts/by-login.ts";
import { holds } from "../accounts/lost-creation.ts";
import { DEACTIVATED, type KnownUser, noSuchUser, readUser } from "../lifecycle.ts";
import { userResource } from "../users.ts";
import { findUser, isOktaUserId, userNameIn } from "./ids.ts";
import { NAMED_ATTRIBUTES, namedProfile, pushedProfile } from "./profile-values.ts";

/** Updates whatever attributes it is given, as a platform does that pushes profiles. */
export function updateUser(source: Source): Action {
  return {
    schema: actionSchema({
      name: "update_user",
      displayName: "Update User",
      description: "Updates attributes of a user's profile, whichever they are: null removes one",
      arguments: [
        required(textField("user_id", "User Resource ID", "The Okta id of the user, or the login")),
        required(
          textField("user_profile", "User Profile Data", "The attributes and their new values, as a JSON object"),
        ),
      ],
      returnTypes: textResults("updated_fields", "Updated Fields", "The attributes that were sent, sorted"),
      actionType: [ActionType.ACCOUNT, ActionType.ACCOUNT_UPDATE_PROFILE],
    }),
    async run(args, call) {
      const named = userNameIn(args, "user_id");
      const profile = pushedProfile(args);
      await update(source, named, profile, call);
      return results(call, { updated_fields: Object.keys(profile).sort().join(", ") });
    },
  };
}

/** Updates attributes that a person fills into a form. */
export function updateProfile(source: Source): Action {
  return {
    schema: actionSchema({
      name: "update_profile",
      displayName: "Update User Profile",
      description: "Updates attributes of a user's profile; what is left out stays as it is",
      arguments: [userField, ...NAMED_ATTRIBUTES.map(attributeField), additionalAttributes],
      returnTypes: resourceResults("updated_user", "Updated User", "The user as it is now"),
      actionType: [ActionType.ACCOUNT_UPDATE_PROFILE],
      resourceTypeId: userType.id,
    }),
    async run(args, call) {
      const named = userNameIn(args, "user_id");
      const user = await update(source, named, namedProfile(args), call);
      const resource = userResource(user, source.options.skipSecondaryEmails);
      return results(call, { updated_user: resourceResult(resource) });
    },
  };
}

const additionalAttributes: FieldInit = {
  name: "additionalAttributes",
  displayName: "Additional Attributes",
  description: "Further attributes by their names in the Okta profile, those of the org's own too",
  field: { case: "stringMapField", value: {} },
};

function attributeField(attribute: string): FieldInit {
  return textField(attribute, attribute, `The attribute ${attribute} of the Okta profile`);
}

/**
 * Updates attributes and answers the user as it is then. One who is named by anything that may be a login is read first,
 * as Okta would take it for an id and find somebody else by a part of it; the answer shows the user, which is the proof.
 * Okta answers the update of a deactivated user with success and leaves it as it was, unless the org lets them be
 * updated. Source: Okta Management API, Update a user.
 */
async function update(source: Source, named: string, profile: JsonObject, call: Call): Promise<KnownUser> {
  const isPlain = isOktaUserId(named) && call.dryRun !== true;
  const before = isPlain ? { id: named } : await findUser(source, named, call);
  if (before === undefined) throw noSuchUser(named);
  const { id } = before;
  const path = `/api/v1/users/${segment(id)}`;
  const held = "profile" in before && isObject(before.profile) ? before.profile : {};
  const planned: KnownUser = { ...before, profile: { ...held, ...profile } };
  const after = await sendOnce({
    send: async () => {
      const answer = await source.client.send<OktaUser>("POST", path, call, { body: { profile }, repeatable: false });
      if (call.dryRun === true) return planned;
      const user = known(answer);
      if (user?.id === id) return user;
      throw new Failure({
        kind: "internal",
        message: "Okta's answer does not show the user",
        attempted: `POST ${path}`,
      });
    },
    look: async () => {
      const now = await readUser(source, id, call);
      return now !== undefined && holds(now.profile, profile) ? now : undefined;
    },
    otherwise: `user ${id} does not have all of these attributes`,
  }).catch((error) => {
    throw isFailure(error, "notFound") ? noSuchUser(named) : error;
  });
  if (after === undefined) throw noSuchUser(id);
  if (after.status === DEACTIVATED && !holds(after.profile, profile)) {
    throw new Failure({
      kind: "failedPrecondition",
      message: `user ${id} is deactivated, and Okta leaves the profiles of such users as they are`,
      attempted: `POST ${path}`,
      advice: "activate the user first, or let Okta update deactivated users (Customizations > Other)",
    });
  }
  return after;
}
