import type { Call } from "../../../baton/connector.ts";
import type { CleanupAccount } from "../../../baton/leases/cleanup-rules.ts";
import { openForQuestions } from "../../../baton/snapshot/reader.ts";
import type { OktaClient } from "../../../okta/api/client.ts";
import { Failure, isFailure } from "../../../runtime/failure.ts";

interface RawUser {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly created?: unknown;
  readonly activated?: unknown;
  readonly lastLogin?: unknown;
  readonly statusChanged?: unknown;
  readonly profile?: { readonly login?: unknown } | null;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const time = (value: unknown) => {
  const ms = Date.parse(text(value));
  return Number.isNaN(ms) ? undefined : ms;
};

function accountOf(user: RawUser): CleanupAccount {
  return {
    ...{ id: text(user.id), login: text(user.profile?.login), status: text(user.status) },
    ...{ created: time(user.created), activated: time(user.activated), statusChanged: time(user.statusChanged) },
    // Okta says null where nobody has signed in. What it leaves out, or cannot be read, is not known.
    lastLogin: user.lastLogin === null ? null : time(user.lastLogin),
  };
}

/** All accounts of the org that are not deactivated. Source: Okta Management API, List all users. */
export async function* accountsInOkta(client: OktaClient, call: Call): AsyncGenerator<CleanupAccount> {
  for (let path: string | undefined = "/api/v1/users?limit=200"; path !== undefined; ) {
    const page: { items: readonly RawUser[]; next?: string } = await client.list<RawUser>(path, call);
    for (const user of page.items) if (text(user.id) !== "") yield accountOf(user);
    path = page.next;
  }
}

/** One account, fresh; `undefined` where it is gone. */
export async function readAccount(client: OktaClient, id: string, call: Call): Promise<CleanupAccount | undefined> {
  try {
    const found = accountOf(await client.get<RawUser>(`/api/v1/users/${encodeURIComponent(id)}`, call));
    if (found.id !== id) throw new Failure({ kind: "unavailable", message: `Okta answered another user than ${id}` });
    return found;
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw error;
  }
}

/** The ids of the users in a snapshot. */
export async function idsInSnapshot(file: string): Promise<readonly string[]> {
  await using reader = await openForQuestions(file, { noCache: false, tempDir: undefined });
  return [...reader.content().resources("user")].flatMap(({ message }) => message.id?.resource ?? []);
}
