import type { Call, Removal } from "../../baton/connector.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { explainRefusal, noSuchGroup, readGroup } from "./group-state.ts";
import { sendRemoval } from "./lost-answer.ts";
import { segment } from "./paths.ts";
import { rawId } from "./raw-id.ts";
import type { Source } from "./source.ts";
import { text } from "./values.ts";

/**
 * Deletes a group. One that an app brought with it may go too, a built-in one may not. Throws a {@link Failure}:
 * `notFound`, `failedPrecondition`. Source: Okta Management API, Delete a group.
 */
export async function removeGroup(source: Source, id: string, call: Call): Promise<Removal> {
  const group = await readGroup(source, rawId("group", id), call);
  if (group === undefined) throw noSuchGroup(id);
  const name = `group ${id} (${text(group.profile?.name)})`;
  if (group.type === "BUILT_IN") {
    throw new Failure({
      kind: "failedPrecondition",
      message: `${name} is a BUILT_IN group, which Okta itself keeps: it cannot be deleted`,
    });
  }
  const isThere = async () => (await readGroup(source, id, call)) !== undefined;
  try {
    return { already: !(await sendRemoval(source, `/api/v1/groups/${segment(id)}`, call, isThere)) };
  } catch (error) {
    if (isFailure(error, "invalidArgument")) throw inUse(name, error);
    throw isFailure(error, "permissionDenied") ? await explainRefusal(source, error, id, call) : error;
  }
}

function inUse(name: string, refusal: Failure): Failure {
  return new Failure({
    kind: "failedPrecondition",
    message: `Okta does not delete ${name} as it is: ${refusal.message}`,
    advice: "take away what uses it, as a group push mapping of an app",
    ...(refusal.attempted !== undefined && { attempted: refusal.attempted }),
    ...(refusal.answer !== undefined && { answer: refusal.answer }),
    cause: refusal,
  });
}
