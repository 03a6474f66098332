import type { Action, Call } from "../../../baton/connector.ts";
import { isObject, text } from "../../../baton/model/values.ts";
import { ActionType } from "../../../gen/c1/connector/v2/action_pb.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import { invalid, resourceIdIn, resourceIdsIn, textIn } from "../../actions/arguments.ts";
import { actionSchema, type FieldInit, required, resourceResults, textField } from "../../actions/fields.ts";
import { resourceResult, results } from "../../actions/results.ts";
import type { OktaGroup } from "../../api/json/objects.ts";
import { segment } from "../../api/paths.ts";
import { confirmed, notShown } from "../../api/writes/confirm.ts";
import { rawId } from "../../resource/raw-id.ts";
import { readOne } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { groupType, userType } from "../../resource/types.ts";
import { groupResource } from "../resource.ts";
import { explainRefusal, noSuchGroup } from "../state.ts";
import { makeGroup } from "./create.ts";
import { addMembers } from "./members.ts";

/** Okta takes names of groups up to this length, in characters. */
const MAX_NAME_LENGTH = 255;

const name: FieldInit = {
  name: "name",
  displayName: "Group Name",
  description: "The name of the group",
  field: { case: "stringField", value: { rules: { minLen: 1n, maxLen: BigInt(MAX_NAME_LENGTH) } } },
};
const description = textField("description", "Description", "What the group is for");

/** Makes a group, with members from the start. */
export function createGroup(source: Source): Action {
  return {
    schema: actionSchema({
      name: "create",
      description: "Creates a group, with members where some are given",
      arguments: [
        required(name),
        description,
        {
          name: "userMembers",
          displayName: "Initial User Members",
          description: "The users who are members from the start",
          field: { case: "resourceIdSliceField", value: { rules: { allowedResourceTypeIds: [userType.id] } } },
        },
      ],
      returnTypes: resourceResults("resource", "Created Group", "The new group"),
      actionType: [ActionType.RESOURCE_CREATE],
      resourceTypeId: groupType.id,
    }),
    async run(args, call) {
      const wanted = nameIn(args);
      if (wanted === undefined) throw invalid("name", "name is missing");
      const members = resourceIdsIn(args, "userMembers", userType.id).map((id) => rawId(userType.id, id));
      const group = await makeGroup(source, { name: wanted, description: textIn(args, "description") }, call);
      await addMembers(source, group, members, call);
      return results(call, { resource: resourceResult(groupResource(group)) });
    },
  };
}

/** Renames a group, or describes it anew. */
export function modifyGroup(source: Source): Action {
  return {
    schema: actionSchema({
      name: "modify_group",
      displayName: "Modify Group",
      description: "Changes the name or the description of a group; what is left out stays as it is",
      arguments: [required(textField("group_id", "Group ID", "The Okta id of the group")), name, description],
      returnTypes: resourceResults("resource", "Updated Group", "The group as it is now"),
      actionType: [ActionType.UNSPECIFIED],
      resourceTypeId: groupType.id,
    }),
    async run(args, call) {
      const id = rawId(groupType.id, resourceIdIn(args, "group_id", groupType.id));
      const wanted = { name: nameIn(args), description: textIn(args, "description") };
      if (wanted.name === undefined && wanted.description === undefined) {
        throw invalid("name", "neither name nor description is given: there is nothing to change");
      }
      const group = await modify(source, id, wanted, call);
      return results(call, { resource: resourceResult(groupResource({ ...group, id })) });
    },
  };
}

function nameIn(args: Parameters<typeof textIn>[0]): string | undefined {
  const wanted = textIn(args, "name");
  if (wanted === undefined) return undefined;
  const length = [...wanted].length;
  if (length >= 1 && length <= MAX_NAME_LENGTH) return wanted;
  throw invalid("name", `name must have 1 to ${MAX_NAME_LENGTH} characters, not ${length}`);
}

/** What of a group is to be changed. */
interface Wanted {
  readonly name: string | undefined;
  readonly description: string | undefined;
}

/** Okta replaces the whole profile (Management API, Replace a group): what is to stay is sent too. */
async function modify(source: Source, id: string, wanted: Wanted, call: Call): Promise<OktaGroup> {
  const path = `/api/v1/groups/${segment(id)}`;
  const group = await readOne<OktaGroup>(source, "/api/v1/groups", id, call);
  if (group === undefined) throw noSuchGroup(id);
  const before = isObject(group.profile) ? group.profile : {};
  const differs = (key: keyof Wanted) => wanted[key] !== undefined && wanted[key] !== text(before[key]);
  if (!differs("name") && !differs("description")) return group;
  const reason = notToModify(group);
  if (reason !== undefined) throw reason;
  const profile = {
    ...before,
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.description !== undefined && { description: wanted.description }),
  };
  try {
    const answer = await source.client.send<OktaGroup>("PUT", path, call, { body: { profile }, repeatable: true });
    if (call.dryRun === true) return { ...group, profile };
    // The answer that is the group is the proof; any other is looked into.
    if (isObject(answer) && answer.id === id) return answer;
    let after: OktaGroup | undefined;
    const isDone = async () => {
      after = await readOne<OktaGroup>(source, "/api/v1/groups", id, call);
      const now = isObject(after?.profile) ? after.profile : {};
      return (["name", "description"] as const).every(
        (key) => wanted[key] === undefined || wanted[key] === text(now[key]),
      );
    };
    if (await confirmed(isDone, source.clock, call)) return { ...after };
    throw notShown(`PUT ${path}`, `group ${id} is still as it was`);
  } catch (error) {
    throw isFailure(error) && isFailure(error, "permissionDenied")
      ? await explainRefusal(source, error, id, call)
      : error;
  }
}

function notToModify(group: OktaGroup): Failure | undefined {
  const what = `group ${text(group.id)} (${text(group.profile?.name)})`;
  if (group.type !== "BUILT_IN" && group.type !== "APP_GROUP") return undefined;
  return new Failure({
    kind: "failedPrecondition",
    message: `${what} cannot be changed: it is of type ${group.type}, which ${
      group.type === "BUILT_IN" ? "Okta itself keeps" : "comes from the app it was imported from"
    }`,
    advice: "only groups of the org's own (OKTA_GROUP) can be renamed or described",
  });
}
