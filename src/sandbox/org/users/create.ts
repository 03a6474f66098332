import { ApiError } from "../api-error.ts";
import { invalid, notFound } from "../errors.ts";
import { addMember } from "../groups/members.ts";
import { applyRules } from "../groups/rules.ts";
import { userParty } from "../log/parties.ts";
import type { Org } from "../org.ts";
import type { GroupEntry, JsonObject, UserEntry } from "../types.ts";
import { checkPassword, writtenProfile } from "./profile.ts";

const MAX_GROUPS = 20;
const PROVIDERS = ["OKTA", "FEDERATION", "SOCIAL", "ACTIVE_DIRECTORY", "LDAP", "IMPORT"];

/** A new user as a call describes it (Okta Management API: `POST /api/v1/users`). */
export interface NewUser {
  readonly profile: JsonObject;
  readonly credentials: JsonObject;
  readonly groupIds: readonly unknown[];
  readonly activate: boolean;
  /** Whether the `credentials.provider` block counts; otherwise Okta passes it over. */
  readonly provider: boolean;
  /** `changePassword`: the password that is given is good for one sign-in. */
  readonly nextLogin: string | null;
}

/** Creates a user, or throws as Okta refuses it; nothing has changed then. */
export function createUser(org: Org, wanted: NewUser): UserEntry {
  const profile = writtenProfile(org, wanted.profile, {});
  const provider = wanted.provider ? providerOf(wanted.credentials.provider) : { type: "OKTA", name: "OKTA" };
  const password = passwordOf(wanted.credentials.password);
  if (wanted.nextLogin !== null && wanted.nextLogin !== "") checkNextLogin(wanted, password);
  if (password !== undefined) {
    if (provider.type === "FEDERATION" || provider.type === "SOCIAL") {
      throw invalid("password", ["password: A password must not be given for a user of another provider."]);
    }
    if (typeof password === "string") checkPassword(password, String(profile.login));
  }
  const groups = groupsOf(org, wanted.groupIds);
  const external = provider.type === "FEDERATION" || provider.type === "SOCIAL";
  const ready = password !== undefined || external;
  const expired = wanted.nextLogin === "changePassword";
  const now = org.now();
  const user = org.addUser({
    id: org.newId("00u"),
    status: !wanted.activate ? "STAGED" : expired ? "PASSWORD_EXPIRED" : ready ? "ACTIVE" : "PROVISIONED",
    created: now,
    activated: wanted.activate ? now : null,
    statusChanged: wanted.activate ? now : null,
    lastLogin: null,
    lastUpdated: now,
    passwordChanged: password === undefined ? null : now,
    type: userType(org),
    profile,
    credentials: { ...(password === undefined ? {} : { password: {} }), provider },
  });
  org.log.record("user.lifecycle.create", [userParty(user)]);
  if (wanted.activate) org.log.record("user.lifecycle.activate", [userParty(user)]);
  for (const group of [org.everyone, ...groups]) if (group !== undefined) addMember(org, group, user);
  applyRules(org, user);
  return user;
}

function userType(org: Org): JsonObject {
  const known = org.users.find((user) => user?.record.type !== undefined)?.record.type;
  return (known as JsonObject | undefined) ?? { id: "otySandbox0000000000" };
}

function checkNextLogin(wanted: NewUser, password: unknown): void {
  if (wanted.nextLogin !== "changePassword") {
    throw invalid("nextLogin", ["nextLogin: The only value that is supported is changePassword."]);
  }
  const start = "Could not create user. To create a user and expire their password immediately,";
  if (!wanted.activate) {
    const summary = `${start} \`activate\` must be true.`;
    throw new ApiError(400, "E0000125", summary, [summary]);
  }
  if (password === undefined) {
    const summary = `${start} a password must be specified.`;
    throw new ApiError(400, "E0000124", summary, [summary]);
  }
}

function providerOf(value: unknown): { type: string; name: string } {
  const { type, name } = (value ?? {}) as { type?: unknown; name?: unknown };
  if (typeof type !== "string" || !PROVIDERS.includes(type)) {
    throw invalid("provider", ["provider: The provider's type is missing or not supported."]);
  }
  return { type, name: typeof name === "string" ? name : type };
}

/** The password's text, or a hash or hook that stands for one; absent where the user gets none. */
function passwordOf(value: unknown): string | JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const password = value as { value?: unknown; hash?: JsonObject; hook?: JsonObject };
  if (typeof password.value === "string") return password.value;
  if (password.value === undefined || password.value === null) return password.hash ?? password.hook;
  throw invalid("password", ["password: The password must be a text."]);
}

function groupsOf(org: Org, ids: readonly unknown[]): GroupEntry[] {
  if (ids.length > MAX_GROUPS) {
    const cause = "The number of group targets is too large";
    throw new ApiError(403, "E0000093", "Target count limit exceeded", [cause]);
  }
  return ids.map((id) => {
    const group = org.group(String(id));
    if (group === undefined) throw notFound(String(id), "UserGroup");
    if (group.record.type !== "OKTA_GROUP") {
      throw invalid("groupIds", [`groupIds: Users cannot be added to the group ${id}.`]);
    }
    return group;
  });
}
