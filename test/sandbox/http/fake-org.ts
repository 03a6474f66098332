import { afterEach } from "vitest";
import type { Directory } from "../../../src/sandbox/auth/access.ts";
import type { ApiRequest, ApiResponse, Route } from "../../../src/sandbox/http/route.ts";
import { type Sandbox, type ServeOptions, serve } from "../../../src/sandbox/serve.ts";

const running: Sandbox[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A route that answers with what it was called with. */
export function echo(method: string, pattern: string, scope: string): Route {
  const handle = ({ params, query, body, caller, origin }: ApiRequest): ApiResponse => ({
    status: 200,
    body: { pattern, params, query: Object.fromEntries(query), body, caller, origin },
  });
  return { method, pattern, scope, handle };
}

/** One endpoint of each sort that access, limits and credentials tell apart. */
export const ROUTES: readonly Route[] = [
  echo("GET", "/api/v1/org", "okta.orgs.read"),
  echo("GET", "/api/v1/users", "okta.users.read"),
  echo("POST", "/api/v1/users", "okta.users.manage"),
  echo("GET", "/api/v1/users/{userId}", "okta.users.read"),
  echo("POST", "/api/v1/users/{userId}", "okta.users.manage"),
  echo("GET", "/api/v1/users/{userId}/roles", "okta.roles.read"),
  echo("POST", "/api/v1/users/{userId}/lifecycle/suspend", "okta.users.manage"),
  echo("POST", "/api/v1/users/{userId}/lifecycle/unlock", "okta.users.manage"),
  echo("GET", "/api/v1/groups", "okta.groups.read"),
  echo("GET", "/api/v1/groups/{groupId}", "okta.groups.read"),
  echo("DELETE", "/api/v1/groups/{groupId}", "okta.groups.manage"),
  echo("GET", "/api/v1/groups/{groupId}/roles", "okta.roles.read"),
  echo("POST", "/api/v1/groups/{groupId}/roles", "okta.roles.manage"),
  echo("PUT", "/api/v1/groups/{groupId}/users/{userId}", "okta.groups.manage"),
  echo("GET", "/api/v1/apps", "okta.apps.read"),
  echo("POST", "/api/v1/apps/{appId}/users", "okta.apps.manage"),
  echo("GET", "/api/v1/iam/roles", "okta.roles.read"),
  echo("GET", "/api/v1/api-tokens", "okta.apiTokens.read"),
  echo("GET", "/api/v1/devices", "okta.devices.read"),
  echo("GET", "/api/v1/logs", "okta.logs.read"),
];

/** `00uAdmin` is an org admin, `00uSuper` a super admin; `00gAdmins` gives a role. `00uGone` may not sign in. */
export const DIRECTORY: Directory = {
  rolesOfUser: (id) => ({ "00uSuper": ["SUPER_ADMIN"], "00uAdmin": ["ORG_ADMIN"] })[id] ?? [],
  rolesOfGroup: (id) => (id === "00gAdmins" ? ["HELP_DESK_ADMIN"] : []),
  isActive: (id) => id !== "00uGone",
};

/** Serves {@link ROUTES} until the test ends. */
export async function serveFake(options: ServeOptions = {}): Promise<Sandbox> {
  const sandbox = await serve({ routes: ROUTES, directory: DIRECTORY, ownerId: "00uSuper" }, options);
  running.push(sandbox);
  return sandbox;
}

/** Calls the sandbox with its own API token unless `headers` name another. */
export function call(sandbox: Sandbox, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(sandbox.url + path, { ...init, headers: { authorization: `SSWS ${sandbox.token}`, ...init.headers } });
}

/** A clock that stands still until it is moved. Sleeping moves it. */
export function handClock(now = 1_800_000_000_000) {
  return {
    time: now,
    now() {
      return this.time;
    },
    async sleep(ms: number) {
      this.time += ms;
    },
  };
}
