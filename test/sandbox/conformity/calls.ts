import type { Org } from "../../../src/sandbox/org/org.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";

/** An answer, with the pattern of the endpoint that gave it. */
export interface Answered {
  readonly method: string;
  readonly pattern: string;
  readonly status: number;
  readonly body: unknown;
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
    tell({ method, pattern, status: answer.status, body: parsed });
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
    for (const factor of (await get(`/api/v1/users/${id}/factors`)).body as Json[]) {
      await get(`/api/v1/users/${id}/factors/${factor.id}`);
    }
  }
  for (const { id } of groups.slice(0, SAMPLE)) {
    await get(`/api/v1/groups/${id}`);
    await list(`/api/v1/groups/${id}/users?limit=50`);
    await list(`/api/v1/groups/${id}/apps`);
    await list(`/api/v1/groups/${id}/owners`);
    const roles = (await get(`/api/v1/groups/${id}/roles`)).body as Json[];
    for (const role of roles) await roleReads(get, `/api/v1/groups/${id}/roles/${role.id}`);
  }
  for (const { id } of await list("/api/v1/groups/rules?limit=2")) await get(`/api/v1/groups/rules/${id}`);
  for (const { id } of apps) {
    await get(`/api/v1/apps/${id}`);
    const [user] = await list(`/api/v1/apps/${id}/users?limit=50`);
    if (user !== undefined) await get(`/api/v1/apps/${id}/users/${user.id}`);
    const [group] = await list(`/api/v1/apps/${id}/groups?limit=20`);
    if (group !== undefined) await get(`/api/v1/apps/${id}/groups/${group.id}`);
    for (const one of (await get(`/api/v1/apps/${id}/grants`)).body as Json[]) {
      await get(`/api/v1/apps/${id}/grants/${one.id}`);
    }
    for (const one of ((await get(`/api/v1/apps/${id}/credentials/jwks`)).body as { keys: Json[] }).keys) {
      await get(`/api/v1/apps/${id}/credentials/jwks/${one.id}`);
    }
    await get(`/api/v1/apps/${id}/credentials/secrets`);
    const { body } = await get(`/oauth2/v1/clients/${id}/roles`);
    if (Array.isArray(body)) {
      for (const role of body as Json[]) await roleReads(get, `/oauth2/v1/clients/${id}/roles/${role.id}`);
    }
  }
  for (const { id } of await list("/api/v1/iam/assignees/users?limit=3", "value")) {
    const roles = (await get(`/api/v1/users/${id}/roles`)).body as Json[];
    for (const role of roles) {
      const address = `/api/v1/users/${id}/roles/${role.id}`;
      if (role.assignmentType === "USER") await roleReads(get, address);
      else await get(address);
    }
  }
  for (const { id } of await list("/api/v1/iam/roles", "roles")) {
    await get(`/api/v1/iam/roles/${id}`);
    const { body } = await get(`/api/v1/iam/roles/${id}/permissions`);
    for (const { label } of (body as { permissions: { label: string }[] }).permissions) {
      await get(`/api/v1/iam/roles/${id}/permissions/${label}`);
    }
  }
  for (const { id } of await list("/api/v1/iam/resource-sets", "resource-sets")) {
    await get(`/api/v1/iam/resource-sets/${id}`);
    await list(`/api/v1/iam/resource-sets/${id}/resources`, "resources");
    for (const role of await list(`/api/v1/iam/resource-sets/${id}/bindings`, "roles")) {
      const binding = `/api/v1/iam/resource-sets/${id}/bindings/${role.id}`;
      await get(binding);
      const [member] = await list(`${binding}/members`, "members");
      if (member !== undefined) await get(`${binding}/members/${member.id}`);
    }
  }
  for (const { id } of await list("/api/v1/api-tokens")) await get(`/api/v1/api-tokens/${id}`);
  for (const { id } of await list("/api/v1/devices?limit=5")) {
    await get(`/api/v1/devices/${id}`);
    await get(`/api/v1/devices/${id}/users`);
  }
  await list("/api/v1/logs?limit=50");
}

/** A role assignment and what it is confined to. */
async function roleReads(get: (url: string) => Promise<unknown>, address: string): Promise<void> {
  await get(address);
  await get(`${address}/targets/groups`);
  await get(`${address}/targets/catalog/apps`);
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
  await governanceWrites(call, org);
  await call("GET", "/api/v1/logs?limit=200&sortOrder=DESCENDING");
}

async function governanceWrites(call: Call, org: Org): Promise<void> {
  const post = async (url: string, body?: unknown) => (await call("POST", url, body)).body as Json;
  const group = await post("/api/v1/groups", { profile: { name: "Governed" } });
  const user = org.users.find((entry) => entry?.record.status === "ACTIVE")!.record.id;
  const owner = await post(`/api/v1/groups/${group.id}/owners`, { id: user, type: "USER" });
  await call("DELETE", `/api/v1/groups/${group.id}/owners/${owner.id}`);
  const rule = {
    ...{ type: "group_rule", name: "Conformity" },
    conditions: { expression: { value: 'user.title=="Nobody"', type: "urn:okta:expression:1.0" } },
    actions: { assignUserToGroups: { groupIds: [group.id] } },
  };
  const { id: ruleId } = await post("/api/v1/groups/rules", rule);
  await call("PUT", `/api/v1/groups/rules/${ruleId}`, { ...rule, name: "Conformity 2" });
  await call("POST", `/api/v1/groups/rules/${ruleId}/lifecycle/activate`);
  await call("POST", `/api/v1/groups/rules/${ruleId}/lifecycle/deactivate`);
  await call("DELETE", `/api/v1/groups/rules/${ruleId}`);
  const settings = { oauthClient: { application_type: "service", grant_types: ["client_credentials"] } };
  const label = { name: "oidc_client", label: "Conformity", signOnMode: "OPENID_CONNECT" };
  const app = await post("/api/v1/apps", { ...label, credentials: {}, settings });
  await call("PUT", `/api/v1/apps/${app.id}`, { ...label, label: "Conformity 2", credentials: {}, settings });
  const grant = await post(`/api/v1/apps/${app.id}/grants`, {
    scopeId: "okta.users.read",
    issuer: "https://a.example",
  });
  await call("DELETE", `/api/v1/apps/${app.id}/grants/${grant.id}`);
  const key = await post(`/api/v1/apps/${app.id}/credentials/jwks`, { kty: "RSA", kid: "k1", n: "AQAB", e: "AQAB" });
  await post(`/api/v1/apps/${app.id}/credentials/jwks/${key.id}/lifecycle/deactivate`, {});
  await call("DELETE", `/api/v1/apps/${app.id}/credentials/jwks/${key.id}`);
  const secret = await post(`/api/v1/apps/${app.id}/credentials/secrets`, {});
  await call("DELETE", `/api/v1/apps/${app.id}/credentials/secrets/${secret.id}`);
  const bases = [`/api/v1/users/${user}`, `/api/v1/groups/${group.id}`, `/oauth2/v1/clients/${app.id}`];
  for (const base of bases) {
    const own = await post(`${base}/roles`, { type: "GROUP_MEMBERSHIP_ADMIN" });
    const targets = `${base}/roles/${own.id}/targets`;
    const groups = org.groups.flatMap((entry) => entry?.record.id ?? []).slice(0, 2);
    for (const id of groups) await call("PUT", `${targets}/groups/${id}`);
    await call("DELETE", `${targets}/groups/${groups[0]}`);
    await call("DELETE", `${base}/roles/${own.id}`);
    const admin = await post(`${base}/roles`, { type: "APP_ADMIN" });
    const apps = `${base}/roles/${admin.id}/targets/catalog/apps`;
    await call("PUT", `${apps}/oidc_client`);
    await call("PUT", `${apps}/oidc_client/${app.id}`);
    await call("GET", apps);
    await call("DELETE", `${apps}/oidc_client`);
    await call("DELETE", `${base}/roles/${admin.id}`);
  }
  await call("POST", `/api/v1/apps/${app.id}/lifecycle/deactivate`);
  await call("POST", `/api/v1/apps/${app.id}/lifecycle/activate`);
  await call("DELETE", `/api/v1/apps/${app.id}`);
  await call("POST", `/api/v1/apps/${app.id}/lifecycle/deactivate`);
  await call("DELETE", `/api/v1/apps/${app.id}`);
  await iamWrites(call, group.id);
  await call("DELETE", `/api/v1/groups/${group.id}`);
  const [device] = org.devices;
  for (const step of ["suspend", "unsuspend", "deactivate", "activate", "deactivate"]) {
    await call("POST", `/api/v1/devices/${device?.id}/lifecycle/${step}`);
  }
  await call("DELETE", `/api/v1/devices/${device?.id}`);
  await call("DELETE", `/api/v1/api-tokens/${org.apiTokens.at(-1)?.id}`);
  const holder = org.users.find((entry) => (entry?.factors.length ?? 0) > 0);
  await call("DELETE", `/api/v1/users/${holder?.record.id}/factors/${holder?.factors[0]?.id}`);
}

async function iamWrites(call: Call, groupId: string): Promise<void> {
  const post = async (url: string, body?: unknown) => (await call("POST", url, body)).body as Json;
  const labels = { label: "Conformity", description: "c" };
  const role = await post("/api/v1/iam/roles", { ...labels, permissions: ["okta.users.read"] });
  await call("PUT", `/api/v1/iam/roles/${role.id}`, { ...labels, label: "Conformity 2" });
  await post(`/api/v1/iam/roles/${role.id}/permissions/okta.groups.read`);
  await call("DELETE", `/api/v1/iam/roles/${role.id}/permissions/okta.groups.read`);
  await call("DELETE", `/api/v1/iam/roles/${role.id}`);
  const resources = ["https://acme.okta.com/api/v1/users"];
  const set = await post("/api/v1/iam/resource-sets", { ...labels, resources });
  await call("PUT", `/api/v1/iam/resource-sets/${set.id}`, { ...labels, label: "Conformity 2" });
  const additions = [`https://acme.okta.com/api/v1/groups/${groupId}`];
  await call("PATCH", `/api/v1/iam/resource-sets/${set.id}/resources`, { additions });
  const { body } = await call("GET", `/api/v1/iam/resource-sets/${set.id}/resources`);
  const held = (body as { resources: Json[] }).resources;
  await call("DELETE", `/api/v1/iam/resource-sets/${set.id}/resources/${held[0]?.id}`);
  await call("DELETE", `/api/v1/iam/resource-sets/${set.id}`);
}

async function refusals(call: Call): Promise<void> {
  await call("GET", "/api/v1/users/00unothing");
  await call("GET", "/api/v1/groups/00gnothing");
  await call("GET", "/api/v1/apps/0oanothing/users");
  await call("GET", "/api/v1/iam/roles/cr0nothing");
  await call("GET", "/api/v1/iam/resource-sets/iamnothing/bindings");
}
