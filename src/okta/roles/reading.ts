import type { Call, Cursor } from "../../baton/connector.ts";
import { type Failure, isFailure } from "../../runtime/failure.ts";
import type { ListPage } from "../api/client.ts";
import type { OktaRoleAssignment } from "../api/json/objects.ts";
import { nextCursors, segment } from "../api/paths.ts";
import { once } from "../resource/memo.ts";
import { readPage } from "../resource/reading.ts";
import type { Source } from "../resource/source.ts";

/** Where the role assignments of a holder are. Source: Okta Management API, Role Assignments. */
export const ROLES_OF = {
  user: (id: string) => `/api/v1/users/${segment(id)}/roles`,
  group: (id: string) => `/api/v1/groups/${segment(id)}/roles`,
  /** By the client id. */
  client: (id: string) => `/oauth2/v1/clients/${segment(id)}/roles`,
};

/**
 * All role assignments of a holder, by the path of its list; read once a sync, whoever asks for them. `absent` says what
 * it means that there is no such list; it throws where that is a failure.
 */
export function readAssignments(
  source: Source,
  path: string,
  call: Call,
  absent: (notFound: Failure) => Promise<readonly OktaRoleAssignment[]> = (notFound) => Promise.reject(notFound),
): Promise<readonly OktaRoleAssignment[]> {
  const read = async () => {
    try {
      return await readAll(source, path, call);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      return absent(error);
    }
  };
  return once(source.memo.of(call)?.rolesOf, path, read);
}

async function readAll(source: Source, path: string, call: Call): Promise<readonly OktaRoleAssignment[]> {
  const all: OktaRoleAssignment[] = [];
  for (let cursor: Cursor | undefined = {}; cursor !== undefined; ) {
    const page: ListPage<OktaRoleAssignment> = await readPage(source, cursor, path, call);
    all.push(...page.items);
    cursor = nextCursors(page.next)[0];
  }
  return all;
}
