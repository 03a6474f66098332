import type { Call } from "../../baton/connector.ts";
import { isFailure } from "../../runtime/failure.ts";
import type { OktaAssignee } from "../api/json/objects.ts";
import { segment } from "../api/paths.ts";
import { confirmed, notShown } from "../api/writes/confirm.ts";
import { removeAndVerify } from "../api/writes/lost-answer.ts";
import { mayHaveHappened } from "../api/writes/write.ts";
import { noSuchGroup, readGroup } from "../groups/state.ts";
import { readOne } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";
import { mustBeActive, readApp } from "./state.ts";

const groupsOf = (app: string) => `/api/v1/apps/${segment(app)}/groups`;

async function isAssigned(source: Source, app: string, group: string, call: Call): Promise<boolean> {
  return (await readOne<OktaAssignee>(source, groupsOf(app), group, call)) !== undefined;
}

/** Throws what there is not: the app or the group; or that the app takes nobody. */
async function mustExist(source: Source, app: string, group: string, call: Call) {
  const [found, known] = await Promise.all([readApp(source, app, call), readGroup(source, group, call)]);
  if (known === undefined) throw noSuchGroup(group);
  return found;
}

/**
 * Assigns an app to a group; answers whether it was so already. Source: Okta Management API, Assign an application group.
 */
export async function assignGroup(source: Source, app: string, group: string, call: Call): Promise<boolean> {
  if (await isAssigned(source, app, group, call)) return true;
  if (call.dryRun === true) mustBeActive(await mustExist(source, app, group, call));
  const path = `${groupsOf(app)}/${segment(group)}`;
  let made: OktaAssignee | undefined;
  try {
    made = await source.client.send<OktaAssignee>("PUT", path, call, { body: {}, repeatable: true });
  } catch (error) {
    if (mayHaveHappened(error) && (await isAssigned(source, app, group, call))) return false;
    if (isFailure(error) && ["notFound", "permissionDenied", "invalidArgument"].includes(error.kind)) {
      await explain(source, app, group, call);
    }
    throw error;
  }
  // The answer that names the group is the proof; any other is looked into.
  if (call.dryRun === true || made?.id === group) return false;
  if (await confirmed(() => isAssigned(source, app, group, call), source.clock, call)) return false;
  throw notShown(`PUT ${path}`, `app ${app} is still not assigned to group ${group}`);
}

/** Throws what is better known than a refusal says; what cannot be read explains nothing. */
async function explain(source: Source, app: string, group: string, call: Call): Promise<void> {
  let found: Awaited<ReturnType<typeof readApp>>;
  try {
    found = await mustExist(source, app, group, call);
  } catch (error) {
    if (isFailure(error, "notFound")) throw error;
    return;
  }
  mustBeActive(found);
}

/** Takes an app from a group, and so from its members; answers whether it was so already, as where there is no such app. */
export async function unassignGroup(source: Source, app: string, group: string, call: Call): Promise<boolean> {
  if (!(await isAssigned(source, app, group, call))) {
    // Of an app that is gone nothing is left to take away.
    if ((await readGroup(source, group, call)) === undefined) throw noSuchGroup(group);
    return true;
  }
  const path = `${groupsOf(app)}/${segment(group)}`;
  const isThere = () => isAssigned(source, app, group, call);
  const still = `app ${app} is still assigned to group ${group}`;
  return !(await removeAndVerify(source, { path, isThere, still }, call));
}
