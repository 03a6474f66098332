import type { Call, Removal } from "../../baton/connector.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { mayHaveHappened } from "../api/writes.ts";
import { explainRefusal, noSuchGroup, readGroup } from "./group-state.ts";
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
  let repeated = false;
  try {
    await source.client.send("DELETE", `/api/v1/groups/${segment(id)}`, call, {
      repeatable: true,
      onRepeat: () => {
        repeated = true;
      },
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind === "notFound") return { already: !repeated };
    if (mayHaveHappened(error) && (await readGroup(source, id, call)) === undefined) return { already: false };
    if (error.kind === "invalidArgument") throw inUse(name, error);
    throw error.kind === "permissionDenied" ? await explainRefusal(source, error, id, call) : error;
  }
  return { already: false };
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
