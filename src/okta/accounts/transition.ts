import type { Call } from "../../baton/connector.ts";
import { isFailure } from "../../runtime/failure.ts";
import { segment } from "../resources/paths.ts";
import type { Source } from "../resources/source.ts";
import { readUser } from "../resources/user-lifecycle.ts";
import { ENABLED } from "../resources/users.ts";
import { text } from "../resources/values.ts";
import { wasLeft } from "./explained.ts";

/** A change of a user's state, and the states in which it has come about. Source: Okta Management API, User Lifecycle. */
interface Transition {
  readonly path: string;
  readonly reached: ReadonlySet<string>;
}

const TRANSITIONS = {
  /** Without an email. */
  activate: { path: "activate?sendEmail=false", reached: ENABLED },
  suspend: { path: "suspend", reached: new Set(["SUSPENDED"]) },
  unsuspend: { path: "unsuspend", reached: ENABLED },
} as const satisfies Record<string, Transition>;

/**
 * Takes a user, whose state has just been read, into another one. It may be sent twice where an answer is lost, and Okta
 * then refuses the second: what counts is the state that the user is in afterwards. Throws Okta's refusal as a `Failure`
 * where that is not the wanted one.
 */
export async function transit(
  source: Source,
  id: string,
  transition: keyof typeof TRANSITIONS,
  call: Call,
): Promise<void> {
  const { path, reached } = TRANSITIONS[transition];
  try {
    await source.client.send("POST", `/api/v1/users/${segment(id)}/lifecycle/${path}`, call, { repeatable: true });
  } catch (error) {
    if (!isFailure(error) || wasLeft(error) || isFailure(error, "unauthenticated")) throw error;
    const status = await statusOf(source, id, call);
    if (!reached.has(status)) throw error;
  }
}

/** The state that a user is in; `""` where it cannot be told. */
async function statusOf(source: Source, id: string, call: Call): Promise<string> {
  try {
    return text((await readUser(source, id, call))?.status);
  } catch {
    return "";
  }
}
