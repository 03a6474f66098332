import type { Org } from "../../../src/sandbox/org/org.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";

/** An answer, with the pattern of the endpoint that gave it. */
export interface Answered {
  readonly method: string;
  readonly pattern: string;
  readonly status: number;
  readonly body: unknown;
  /** The caller asked for part of the object only, so what is required may be missing. */
  readonly partial: boolean;
}

type Json = Record<string, unknown> & { id: string };

/** How many objects of a kind are read singly. */
const SAMPLE = 40;

/** Calls every endpoint of the sandbox, reads first, then writes, and tells each answer. */
export async function walk(sandbox: Sandbox, org: Org, tell: (answered: Answered) => void): Promise<void> {
  let pattern = "";
  sandbox.onRequest((seen) => {
    pattern = seen.pattern ?? seen.url;
  });

  async function call(
    method: string,
    url: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown; next?: string }> {
    const absolute = url.startsWith("http") ? url : sandbox.url + url;
    const answer = await fetch(absolute, {
      method,
      headers: { authorization: `SSWS ${sandbox.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed: unknown = text === "" ? undefined : JSON.parse(text);
    tell({ method, pattern, status: answer.status, body: parsed, partial: url.includes("useOptimization=true") });
    const links = (parsed as { _links?: { next?: { href: string } } } | undefined)?._links;
    const next = links?.next?.href ?? /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    return { status: answer.status, body: parsed, ...(next === undefined ? {} : { next }) };
  }

  /** All objects of a list; `under` is where the body keeps them. */
  async function list(url: string, under?: string): Promise<Json[]> {
    const found: Json[] = [];
    let next: string | undefined = url;
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof call>> = await call("GET", next);
      const items = (under === undefined ? page.body : (page.body as Record<string, unknown>)?.[under]) as Json[];
      if (!Array.isArray(items) || items.length === 0) break;
      found.push(...items);
      next = page.next;
    }
    return found;
  }

  await reads(call, list);
  await writes(call, org);
  await refusals(call);
}

type Call = (method: string, url: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
type List = (url: string, under?: string) => Promise<Json[]>;

async function reads(call: Call, list: List): Promise<void> {
  const get = (url: string) => call("GET", url);
  await get("/api/v1/org");
  const users = await list("/api/v1/users?search=status%20pr&limit=50");
  await list("/api/v1/users?limit=200");
  const groups = await list("/api/v1/groups?expand=stats&limit=10");
  await list("/api/v1/groups");
  const apps = await list("/api/v1/apps?limit=5");
  await list("/api/v1/apps?limit=200&useOptimization=true");
  await get("/api/v1/users/me");
  for (const { id } of users.slice(0, SAMPLE)) {
    await get(`/api/v1/users/${id}`);
    await list(`/api/v1/users/${id}/groups`);
    await get(`/api/v1/users/${id}/roles`);
  }
  for (const { id } of groups.slice(0, SAMPLE)) {
    await get(`/api/v1/groups/${id}`);
    await list(`/api/v1/groups/${id}/users?limit=50`);
    await list(`/api/v1/groups/${id}/apps`);
    const roles = (await get(`/api/v1/groups/${id}/roles`)).body as Json[];
    for (const role of roles) await get(`/api/v1/groups/${id}/roles/${role.id}`);
  }
  for (const { id } of apps) {
    await get(`/api/v1/apps/${id}`);
    const [user] = await list(`/api/v1/apps/${id}/users?limit=50`);
    if (user !== undefined) await get(`/api/v1/apps/${id}/users/${user.id}`);
    const [group] = await list(`/api/v1/apps/${id}/groups?limit=20`);
    if (group !== undefined) await get(`/api/v1/apps/${id}/groups/${group.id}`);
  }
  for (const { id } of await list("/api/v1/iam/assignees/users?limit=3", "value")) {
    const roles = (await get(`/api/v1/users/${id}/roles`)).body as Json[];
    for (const role of roles) await get(`/api/v1/users/${id}/roles/${role.id}`);
  }
  for (const { id } of await list("/api/v1/iam/roles", "roles")) await get(`/api/v1/iam/roles/${id}`);
  for (const { id } of await list("/api/v1/iam/resource-sets", "resource-sets")) {
    await get(`/api/v1/iam/resource-sets/${id}`);
    for (const role of await list(`/api/v1/iam/resource-sets/${id}/bindings`, "roles")) {
      const binding = `/api/v1/iam/resource-sets/${id}/bindings/${role.id}`;
      await get(binding);
      const [member] = await list(`${binding}/members`, "members");
      if (member !== undefined) await get(`${binding}/members/${member.id}`);
    }
  }
  for (const { id } of await list("/api/v1/api-tokens")) await get(`/api/v1/api-tokens/${id}`);
  for (const { id } of await list("/api/v1/devices?limit=5")) await get(`/api/v1/devices/${id}`);
  await list("/api/v1/logs?limit=50");
}

async function writes(call: Call, org: Org): Promise<void> {
  const post = (url: string, body?: unknown) => call("POST", url, body);
  const profile = { firstName: "Con", lastName: "Formity", email: "con@acme.example", login: "con@acme.example" };
  const user = (
    await post("/api/v1/users?activate=true", { profile, credentials: { password: { value: "Abcd1234x" } } })
  ).body as Json;
  await post(`/api/v1/users/${user.id}`, { profile: { nickName: "Connie" } });
  await call("PUT", `/api/v1/users/${user.id}`, { profile: { ...profile, title: "Dr" } });
  for (const step of ["suspend", "unsuspend", "expire_password?tempPassword=false"]) {
    await post(`/api/v1/users/${user.id}/lifecycle/${step}`);
  }
  await post(`/api/v1/users/${user.id}/lifecycle/reset_password?sendEmail=false`);
  const staged = (
    await post("/api/v1/users?activate=false", {
      profile: { ...profile, email: "s@acme.example", login: "s@acme.example" },
    })
  ).body as Json;
  await post(`/api/v1/users/${staged.id}/lifecycle/activate?sendEmail=false`);
  await post(`/api/v1/users/${staged.id}/lifecycle/deactivate`);
  await call("DELETE", `/api/v1/users/${staged.id}`);
  const group = (await post("/api/v1/groups", { profile: { name: "Conformity", description: "c" } })).body as Json;
  await call("PUT", `/api/v1/groups/${group.id}`, { profile: { name: "Conformity 2", description: "d" } });
  await call("PUT", `/api/v1/groups/${group.id}/users/${user.id}`);
  const app = org.apps.find((entry) => entry?.record.status === "ACTIVE")!.record.id;
  await post(`/api/v1/apps/${app}/users`, { id: user.id, scope: "USER", credentials: { userName: "con" } });
  await call("PUT", `/api/v1/apps/${app}/groups/${group.id}`, { priority: 1 });
  await call("DELETE", `/api/v1/apps/${app}/groups/${group.id}`);
  await call("DELETE", `/api/v1/apps/${app}/users/${user.id}`);
  for (const holder of [`/api/v1/users/${user.id}`, `/api/v1/groups/${group.id}`]) {
    const role = (await post(`${holder}/roles`, { type: "HELP_DESK_ADMIN" })).body as Json;
    await call("DELETE", `${holder}/roles/${role?.id}`);
  }
  const role = org.customRoles.at(-1)?.id;
  const set = org.resourceSets.at(-1)?.id;
  const bindings = `/api/v1/iam/resource-sets/${set}/bindings`;
  await call("DELETE", `${bindings}/${role}`);
  const member = (kind: string, id: string) => `${new URL("https://acme.okta.com").origin}/api/v1/${kind}/${id}`;
  await post(bindings, { role, members: [member("users", user.id)] });
  await call("PATCH", `${bindings}/${role}/members`, { additions: [member("groups", group.id)] });
  const members = (await call("GET", `${bindings}/${role}/members`)).body as { members?: Json[] };
  for (const { id } of members.members ?? []) await call("DELETE", `${bindings}/${role}/members/${id}`);
  await call("DELETE", `${bindings}/${role}`);
  await call("DELETE", `/api/v1/groups/${group.id}/users/${user.id}`);
  await call("DELETE", `/api/v1/groups/${group.id}`);
  await call("DELETE", `/api/v1/users/${user.id}`);
  await call("DELETE", `/api/v1/users/${user.id}`);
  await call("GET", "/api/v1/logs?limit=200&sortOrder=DESCENDING");
}

async function refusals(call: Call): Promise<void> {
  await call("GET", "/api/v1/users/00unothing");
  await call("GET", "/api/v1/groups/00gnothing");
  await call("GET", "/api/v1/apps/0oanothing/users");
  await call("GET", "/api/v1/iam/roles/cr0nothing");
  await call("GET", "/api/v1/iam/resource-sets/iamnothing/bindings");
}
