import type { Action } from "../../baton/connector.ts";
import { createGroup, modifyGroup } from "../groups/actions/groups.ts";
import type { Source } from "../resource/source.ts";
import { updateProfile, updateUser } from "../users/actions/profile.ts";
import { deactivateUserAction, deleteUserAction, disableUser, enableUser } from "../users/actions/state.ts";

/** All actions, in the order in which they are always listed: global ones, those of users, those of groups. */
export function createActions(source: Source): readonly Action[] {
  return [
    enableUser(source),
    disableUser(source),
    updateUser(source),
    deactivateUserAction(source),
    deleteUserAction(source),
    updateProfile(source),
    createGroup(source),
    modifyGroup(source),
  ];
}
