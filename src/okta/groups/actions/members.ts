import type { Call, Cursor } from "../../../baton/connector.ts";
import { text } from "../../../baton/model/values.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";
import type { ListPage } from "../../api/client.ts";
import type { OktaUser } from "../../api/json/objects.ts";
import { nextCursors, segment } from "../../api/paths.ts";
import { confirmed, notShown } from "../../api/writes/confirm.ts";
import { readPage } from "../../resource/reading.ts";
import type { Source } from "../../resource/source.ts";
import { reasonOf, wasAbandoned } from "../../users/accounts/explained.ts";
import type { MadeGroup } from "./create.ts";

/** How many of those who could not be added are named. */
const MAX_NAMED = 20;

/** A user who could not be added, and why. */
interface Missing {
  readonly id: string;
  readonly error: Failure;
}

/**
 * Adds members to a group that has just been made, one after the other; one who cannot be added keeps nobody else out.
 * Throws a {@link Failure} that says who is missing, and what exists now.
 */
export async function addMembers(
  source: Source,
  group: MadeGroup,
  members: readonly string[],
  call: Call,
): Promise<void> {
  const groupSegment = call.dryRun === true ? "{new group}" : segment(group.id);
  const missing: Missing[] = [];
  for (const [at, id] of members.entries()) {
    const path = `/api/v1/groups/${groupSegment}/users/${segment(id)}`;
    try {
      await source.client.send("PUT", path, call, { repeatable: true });
    } catch (error) {
      if (!isFailure(error)) throw error;
      missing.push({ id, error });
      if (!wasAbandoned(error) && error.kind !== "unauthenticated") continue;
      // Nothing more can be asked of Okta.
      missing.push(...members.slice(at + 1).map((left) => ({ id: left, error })));
      break;
    }
  }
  if (call.dryRun !== true) {
    const left = new Set(missing.map(({ id }) => id));
    missing.push(
      ...(await unseen(
        source,
        group,
        [...members].filter((id) => !left.has(id)),
        call,
      )),
    );
  }
  if (missing.length > 0) throw incomplete(group, members.length, missing);
}

/** Those who were added and are no members: Okta's answer to each was empty, so that one read of them all is the proof. */
async function unseen(source: Source, group: MadeGroup, added: readonly string[], call: Call): Promise<Missing[]> {
  if (added.length === 0) return [];
  const first = `/api/v1/groups/${segment(group.id)}/users?limit=1000`;
  let rest: readonly string[] = added;
  const areMembers = async () => {
    const seen = new Set<unknown>();
    for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
      const page: ListPage<OktaUser> = await readPage(source, cursor, first, call);
      for (const one of page.items) seen.add(one?.id);
      cursor = nextCursors(page.next)[0];
    }
    rest = added.filter((id) => !seen.has(id));
    return rest.length === 0;
  };
  let error: Failure;
  try {
    if (await confirmed(areMembers, source.clock, call)) return [];
    error = notShown(`PUT /api/v1/groups/${group.id}/users/{user}`, "they are still no members");
  } catch (cause) {
    if (!isFailure(cause)) throw cause;
    error = cause;
  }
  return rest.map((id) => ({ id, error }));
}

function incomplete(group: MadeGroup, wanted: number, missing: readonly Missing[]): Failure {
  const { error } = missing[0]!;
  const named = missing.slice(0, MAX_NAMED).map((one) => `${one.id} (${why(one)})`);
  if (missing.length > MAX_NAMED) named.push(`and ${missing.length - MAX_NAMED} more`);
  const { attempted, answer, retryAfterMs } = error;
  return new Failure({
    kind: error.kind,
    message:
      `group ${group.id} (${text(group.profile?.name)}) was created and has ${wanted - missing.length} of ` +
      `${wanted} members; not added: ${named.join(", ")}`,
    advice: `add who is missing to group ${group.id}, or delete the group; creating it again would be refused`,
    ...(attempted !== undefined && { attempted }),
    ...(answer && { answer }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  });
}

function why({ id, error }: Missing): string {
  return error.kind === "notFound" ? `there is no user ${id}` : reasonOf(error);
}
