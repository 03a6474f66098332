import type { Call, Removal } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { segment } from "../api/paths.ts";
import { removeAndVerify } from "../api/writes/lost-answer.ts";
import { rawId } from "../resource/raw-id.ts";
import type { Source } from "../resource/source.ts";
import { explainRefusal, noSuchGroup, readGroup } from "./state.ts";

/**
 * Deletes a group. One that an app brought with it may go too; a built-in one Okta refuses to delete. Nothing is asked
 * first: the refusal is explained by a read, and so is the success proved. Throws a {@link Failure}: `notFound`,
 * `failedPrecondition`. Source: Okta Management API, Delete a group.
 */
export async function removeGroup(source: Source, id: string, call: Call): Promise<Removal> {
  rawId("group", id);
  if (call.dryRun === true) {
    const group = await readGroup(source, id, call);
    if (group === undefined) throw noSuchGroup(id);
    const reason = keptByOkta(group);
    if (reason !== undefined) throw reason;
  }
  const path = `/api/v1/groups/${segment(id)}`;
  const isThere = async () => (await readGroup(source, id, call)) !== undefined;
  try {
    const removed = await removeAndVerify(source, { path, isThere, still: `group ${id} is still there` }, call);
    if (!removed) throw noSuchGroup(id);
    return { already: false };
  } catch (error) {
    if (!isFailure(error) || !["invalidArgument", "permissionDenied", "unimplemented"].includes(error.kind))
      throw error;
    const explained = await explainRefusal(source, error, id, call, keptByOkta);
    throw isFailure(explained, "invalidArgument") ? inUse(id, explained) : explained;
  }
}

function keptByOkta(group: OktaGroup): Failure | undefined {
  if (group.type !== "BUILT_IN") return undefined;
  return new Failure({
    kind: "failedPrecondition",
    message: `group ${text(group.id)} (${text(group.profile?.name)}) is a BUILT_IN group, which Okta itself keeps: it cannot be deleted`,
  });
}

function inUse(id: string, refusal: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `Okta does not delete group ${id} as it is: ${refusal.message}`,
    advice: "take away what uses it, as a group push mapping of an app",
    ...(refusal.attempted !== undefined && { attempted: refusal.attempted }),
    ...(refusal.answer !== undefined && { answer: refusal.answer }),
    cause: refusal,
  });
}
