import type { Call } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { OktaGroup } from "../../api/json/objects.ts";
import { mayHaveHappened } from "../../api/writes/write.ts";
import { hasId, nameless } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { explained, reasonOf, wasAbandoned } from "../../users/accounts/explained.ts";
import { isBetween } from "../../users/accounts/lost-creation.ts";

const GROUPS = "/api/v1/groups";
const ATTEMPTED = `POST ${GROUPS}`;

/** A group that is known to have an id; in a rehearsal, which makes none, it is `""`. */
export type MadeGroup = OktaGroup & { readonly id: string };

/** What a new group is called. */
export interface NewGroup {
  readonly name: string;
  readonly description: string | undefined;
}

/**
 * Makes a group. Throws a {@link Failure}: `alreadyExists` where there is one of this name; where the answer is lost and
 * it cannot be told whether this call made the group that is there, the message says what is there.
 */
export async function makeGroup(source: Source, wanted: NewGroup, call: Call): Promise<MadeGroup> {
  const { client, clock } = source;
  const { name, description } = wanted;
  const profile = { name, ...(description !== undefined && { description }) };
  const from = clock.now();
  try {
    const group = await client.send<OktaGroup>("POST", GROUPS, call, { body: { profile }, repeatable: false });
    if (call.dryRun === true) return { id: "", type: "OKTA_GROUP", profile };
    if (typeof group?.id === "string" && group.id !== "") return { ...group, id: group.id };
    throw new Failure({ kind: "internal", message: "Okta's answer names no group", attempted: ATTEMPTED });
  } catch (error) {
    if (isTaken(error)) throw failureOfTakenName(name, error);
    if (wasAbandoned(error)) {
      const message = `${reasonOf(error)}; whether the group was created is not known`;
      throw explained(error, message, "look for a group of this name before creating it again");
    }
    if (!mayHaveHappened(error)) throw error;
    return await afterLostAnswer(source, wanted, { from, to: clock.now(), error }, call);
  }
}

/** Whether Okta refused a group because its name is taken: 400 `E0000001` with a cause that says so of `name`. */
function isTaken(error: unknown): boolean {
  if (!isFailure(error) || error.answer?.code !== "E0000001") return false;
  return /(?:^|; )name: [^;]*already exists/i.test(error.answer.summary ?? "");
}

function failureOfTakenName(name: string, error: unknown): Failure {
  const { answer } = error as Failure;
  return new Failure({
    kind: "alreadyExists",
    message: `a group named "${name}" exists already; nothing was created`,
    attempted: ATTEMPTED,
    ...(answer && { answer }),
    advice: "choose another name",
    cause: error,
  });
}

interface Lost {
  readonly from: number;
  readonly to: number;
  readonly error: unknown;
}

/** Looks for the group by its name, without sending the creation again. */
async function afterLostAnswer(source: Source, wanted: NewGroup, lost: Lost, call: Call): Promise<MadeGroup> {
  const start = `Okta's answer to the creation was lost (${reasonOf(lost.error)})`;
  const unknown = (message: string, advice: string, cause: unknown = lost.error) =>
    new Failure({ kind: "unavailable", message: `${start}${message}`, attempted: ATTEMPTED, advice, cause });
  let found: (MadeGroup & { readonly created?: unknown }) | undefined;
  try {
    const path = `${GROUPS}?${new URLSearchParams({ q: wanted.name, limit: "10000" })}`;
    const { items } = await source.client.list<OktaGroup>(path, call);
    found = items.filter(hasId).find((one) => one.type === "OKTA_GROUP" && one.profile?.name === wanted.name);
    if (found === undefined && !items.every((one) => hasId(one) && text(one.profile?.name) !== "")) {
      throw nameless(GROUPS, "a group without an id or a name");
    }
  } catch (error) {
    const message = `, and whether the group exists now could not be read: ${reasonOf(error)}`;
    throw unknown(message, "look for a group of this name before creating it again", error);
  }
  if (found === undefined) throw unknown("; no group has this name, so nothing was created so far", "try again");
  const same = text(found.profile?.description) === (wanted.description ?? "");
  if (same && isBetween(found.created, lost.from, lost.to)) return found;
  throw unknown(
    `; group ${found.id} has this name now, but whether this call made it cannot be told`,
    "look at that group in Okta: where it is the right one, only its members are left to add",
  );
}
