import type { ApiRequest, ApiResponse, Route } from "../../http/route.ts";
import { invalid } from "../../org/errors.ts";
import { userParty } from "../../org/log/parties.ts";
import type { Org } from "../../org/org.ts";
import type { JsonObject, UserEntry } from "../../org/types.ts";
import { createUser } from "../../org/users/create.ts";
import { resetFactors } from "../../org/users/factors.ts";
import { setStatus, type Transition, transit } from "../../org/users/lifecycle.ts";
import { checkPassword, replaceProfile, writtenProfile } from "../../org/users/profile.ts";
import { deleteUser } from "../../org/users/removal.ts";
import { bodyOf, flag, noContent, objectIn, userOf } from "../context.ts";
import { responseParts, userObject } from "../render.ts";

const USER = "/api/v1/users/{userId}";

/** Changing users: create, update, delete, and the lifecycle. */
export function userWriteRoutes(org: Org): Route[] {
  const scope = "okta.users.manage";
  const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
    ...{ method, pattern, scope, handle },
  });
  const lifecycle = (transition: Transition, answer: (request: ApiRequest, user: UserEntry) => ApiResponse) =>
    route("POST", `${USER}/lifecycle/${transition}`, (request) => {
      const user = userOf(org, request);
      transit(org, user, transition);
      return answer(request, user);
    });
  const empty = () => ({ status: 200, body: {} });
  const activation = ({ origin }: ApiRequest) => activationToken(org, origin);
  return [
    route("POST", "/api/v1/users", (request) => create(org, request)),
    route("POST", USER, (request) => update(org, request, false)),
    route("PUT", USER, (request) => update(org, request, true)),
    route("DELETE", USER, (request) => remove(org, request)),
    lifecycle("activate", (request) => (flag(request, "sendEmail", true) ? empty() : activation(request))),
    lifecycle("reactivate", (request) => (flag(request, "sendEmail", false) ? empty() : activation(request))),
    lifecycle("deactivate", empty),
    lifecycle("suspend", empty),
    lifecycle("unsuspend", empty),
    lifecycle("unlock", empty),
    lifecycle("expire_password", (request, user) => shown(request, user)),
    lifecycle("reset_password", (request) => {
      if (flag(request, "sendEmail", true)) return empty();
      return { status: 200, body: { resetPasswordUrl: `${request.origin}/signin/reset-password/${org.newId("")}` } };
    }),
    route("POST", `${USER}/lifecycle/reset_factors`, (request) => {
      const user = userOf(org, request);
      resetFactors(org, user);
      return empty();
    }),
  ];
}

function activationToken(org: Org, origin: string): ApiResponse {
  const activationToken = org.newId("");
  return { status: 200, body: { activationUrl: `${origin}/welcome/${activationToken}`, activationToken } };
}

function shown(request: ApiRequest, user: UserEntry): ApiResponse {
  return { status: 200, body: userObject(user, request.origin, responseParts(request.headers)) };
}

function create(org: Org, request: ApiRequest): ApiResponse {
  const body = bodyOf(request);
  const profile = objectIn(body, "profile");
  if (profile === undefined) throw invalid("profile", ["profile: The field cannot be left blank"]);
  const groupIds = body.groupIds ?? [];
  if (!Array.isArray(groupIds)) throw invalid("groupIds", ["groupIds: The value must be a list."]);
  const activate = flag(request, "activate", true);
  const user = createUser(org, {
    ...{ profile, groupIds, activate, credentials: objectIn(body, "credentials") ?? {} },
    provider: flag(request, "provider", false),
    nextLogin: request.query.get("nextLogin"),
  });
  return shown(request, user);
}

/** A partial update, or one that replaces the whole profile. A deactivated user stays as it is, without an error. */
function update(org: Org, request: ApiRequest, whole: boolean): ApiResponse {
  const user = userOf(org, request);
  const body = bodyOf(request);
  const given = objectIn(body, "profile");
  const credentials = objectIn(body, "credentials");
  if (whole && given === undefined) throw invalid("profile", ["profile: The field cannot be left blank"]);
  const before = user.record.profile;
  const profile = given === undefined ? before : writtenProfile(org, given, whole ? {} : before, user);
  const password = (credentials?.password as JsonObject | undefined)?.value;
  if (password !== undefined) checkPassword(password, String(profile.login));
  if (user.record.status === "DEPROVISIONED") return shown(request, user);
  if (given !== undefined) replaceProfile(org, user, profile);
  if (password !== undefined) changePassword(org, user);
  return shown(request, user);
}

function changePassword(org: Org, user: UserEntry): void {
  const { credentials, status } = user.record;
  org.updateUser(user, { credentials: { ...credentials, password: {} }, passwordChanged: org.now() });
  const waiting = ["PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED"].includes(status);
  setStatus(org, user, waiting ? "ACTIVE" : status);
  org.log.record("user.account.update_password", [userParty(user)]);
}

/** Okta deletes in two stages: the first call only deactivates, the second deletes. */
function remove(org: Org, request: ApiRequest): ApiResponse {
  const user = userOf(org, request);
  if (user.record.status === "DEPROVISIONED") deleteUser(org, user);
  else transit(org, user, "deactivate");
  return noContent;
}
