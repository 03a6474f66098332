import type { Call } from "../../baton/connector.ts";
import { text } from "../../baton/model/values.ts";
import { Failure, isFailure } from "../../runtime/failure.ts";
import { lacksScope } from "../api/errors.ts";
import type { OktaGroup } from "../api/json/objects.ts";
import { readOne } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { holdsRole } from "./resource.ts";

/** A group by its id, fresh, with its stats where Okta gives them; `undefined` where there is none. */
export async function readGroup(
  source: Pick<Source, "client">,
  id: string,
  call: Call,
): Promise<(OktaGroup & { readonly id: string }) | undefined> {
  const found = await readOne<OktaGroup>(source, "/api/v1/groups", id, call, "?expand=stats");
  return found && { ...found, id };
}

/** The failure that says that there is no such group. */
export function noSuchGroup(id: string): Failure {
  return new Failure({ kind: "notFound", message: `there is no group ${id}` });
}

/** Why nobody but Okta or an app changes a group's members; `undefined` where anybody may. */
export function managedElsewhere(group: OktaGroup): Failure | undefined {
  const what = `the members of group ${text(group.id)} (${text(group.profile?.name)})`;
  if (group.type === "BUILT_IN") {
    return new Failure({
      kind: "failedPrecondition",
      message: `${what} are not for anybody to change: it is a BUILT_IN group, which Okta itself keeps`,
      advice: "use a group of the org's own",
    });
  }
  if (group.type === "APP_GROUP") {
    return new Failure({
      kind: "failedPrecondition",
      message: `${what} cannot be changed in Okta: it is an APP_GROUP, whose members come from the app it was imported from`,
      advice: "change them in that app or directory, or use a group of the org's own",
    });
  }
  return undefined;
}

/**
 * A refusal to change a group, in the light of what the group is: `because` may know a better reason. What cannot be
 * read explains nothing.
 */
export async function explainRefusal(
  source: Pick<Source, "client">,
  refusal: Failure,
  id: string,
  call: Call,
  because?: (group: OktaGroup) => Failure | undefined,
): Promise<Failure> {
  let group: OktaGroup | undefined;
  try {
    group = await readGroup(source, id, call);
  } catch (error) {
    if (isFailure(error, "cancelled") || isFailure(error, "deadlineExceeded")) throw error;
    return refusal;
  }
  if (group === undefined) return noSuchGroup(id);
  const better = because?.(group);
  if (better !== undefined) return better;
  if (refusal.kind !== "permissionDenied" || lacksScope(refusal)) return refusal;
  const holds = holdsRole(group);
  if (holds === false) return refusal;
  const isAdmins = `group ${id} gives its members an admin role`;
  return new Failure({
    kind: "permissionDenied",
    message: holds === true ? `${refusal.message}: ${isAdmins}` : refusal.message,
    advice:
      holds === true
        ? "changing such a group takes Super Admin"
        : `${refusal.advice ?? ""}; Super Admin where the group gives its members an admin role`.replace(/^; /, ""),
    ...(refusal.attempted !== undefined && { attempted: refusal.attempted }),
    ...(refusal.answer !== undefined && { answer: refusal.answer }),
    cause: refusal,
  });
}
