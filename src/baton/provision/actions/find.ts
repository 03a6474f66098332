import type { BatonActionSchema } from "../../../gen/c1/connector/v2/action_pb.ts";
import { didYouMean } from "../../../runtime/did-you-mean.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { Action } from "../../connector.ts";

/** The schema of an action by its name alone, of a global one or of one that belongs to a type. Throws `notFound`. */
export function schemaNamed(actions: readonly Action[], name: string): BatonActionSchema {
  const action = actions.find(({ schema }) => schema.name === name);
  if (action === undefined) throw unknownAction(name, actions);
  return action.schema;
}

/** An action by its name and resource type; an empty one for a global action. Throws `notFound`, and says which is wrong. */
export function findAction(actions: readonly Action[], name: string, resourceType: string): Action {
  const action = actions.find(({ schema }) => schema.name === name && schema.resourceTypeId === resourceType);
  if (action === undefined) throw unknownAction(name, actions, resourceType);
  return action;
}

function unknownAction(name: string, actions: readonly Action[], resourceType?: string): Failure {
  const same = actions.find(({ schema }) => schema.name === name);
  if (same !== undefined && resourceType !== undefined) {
    const { resourceTypeId } = same.schema;
    return new Failure({
      kind: "notFound",
      message:
        resourceType === ""
          ? `the action ${name} belongs to a resource type`
          : `there is no action ${name} of the resource type ${JSON.stringify(resourceType)}`,
      advice:
        resourceTypeId === "" ? "it is global: name no resource type" : `name the resource type ${resourceTypeId}`,
    });
  }
  const names = actions.map(({ schema }) => schema.name);
  const suggestion = didYouMean(name, names);
  return new Failure({
    kind: "notFound",
    message: `there is no action ${JSON.stringify(name)}`,
    advice: suggestion === undefined ? `there are ${names.join(", ") || "none"}` : `did you mean ${suggestion}?`,
  });
}
